"""The documentation site, built once as `make site` builds it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from architecture.source_tree import ROOT
from docs.write_tutorial import page_with_outputs
from support.browser import in_browser

from iamglue.audit.rule_table import role_rules
from iamglue.lint.rule_table import import_all_rules

CONFIG = ROOT / "docs" / "site" / "mkdocs.yml"


class Page(HTMLParser):
    """The links, the anchors and the loaded files of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        self.loaded += [values["src"]] if "src" in values else []
        self.loaded += [values["href"]] if tag == "link" and values.get("rel") in ("stylesheet", "icon") else []


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The built site; a warning of mkdocs is an error."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-f", str(CONFIG), "-d", str(folder)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site) -> dict[Path, Page]:
    """The pages of the site; that of error 404 has addresses for a server."""
    paths = (path for path in site.rglob("*.html") if path.name != "404.html")
    return {path: Page(path.read_text(encoding="utf-8")) for path in paths}


def test_nothing_is_loaded_from_elsewhere(site, pages):
    assert [item for page in pages.values() for item in page.loaded if "//" in item] == []
    styles = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^)\"']*", styles) == []


def test_every_link_within_the_site_leads_somewhere(site, pages):
    broken = [
        f"{path.relative_to(site)}: {link}"
        for path, page in pages.items()
        for link in page.links
        if "://" not in link and not link.startswith("mailto:") and not _leads_somewhere(link, path, pages)
    ]
    assert broken == []


def _leads_somewhere(link: str, path: Path, pages: dict[Path, Page]) -> bool:
    address, anchor = map(unquote, urldefrag(link))
    target = (path.parent / address).resolve() if address else path
    if target in pages:
        return not anchor or anchor in pages[target].anchors
    return target.is_file()


def test_every_rule_has_a_page_that_the_table_links_to(site, pages):
    for table, folder, slugs in (
        ("rules.html", "rules", import_all_rules()),
        ("audit-rules.html", "audit-rules", role_rules()),
    ):
        links = {urldefrag(link)[0] for link in pages[site / table].links}
        assert {f"{folder}/{slug}.html" for slug in slugs} <= links


def test_the_search_finds_every_rule(site):
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    places = {urldefrag(entry["location"])[0] for entry in index["docs"]}
    assert {f"rules/{slug}.html" for slug in import_all_rules()} <= places


@in_browser
def test_the_search_works_in_pages_that_are_opened_as_files(site, browser):
    browser.get(f"{(site / 'index.html').as_uri()}")
    for words, page in (("passrole", "pass-role-wildcard"), ("unknown-action", "unknown-action")):
        _wait_for_first_result(browser, words, (site / "rules" / f"{page}.html").as_uri())


def _wait_for_first_result(browser, words: str, address: str) -> None:
    """Type the words until the first result has the address: keys of a busy browser get lost."""
    from selenium.common.exceptions import StaleElementReferenceException
    from selenium.webdriver.support.ui import WebDriverWait

    def is_first(_driver) -> bool:
        field = browser.find_element("css selector", ".md-search__input")
        browser.execute_script("arguments[0].focus(); arguments[0].value = ''", field)
        field.send_keys(words)
        results = browser.find_elements("css selector", ".md-search-result__link")
        return bool(results) and results[0].get_attribute("href").startswith(address)

    WebDriverWait(browser, 60, 0.2, ignored_exceptions=[StaleElementReferenceException]).until(is_first, words)


def test_every_page_of_the_documentation_is_in_the_menu(site, pages):
    menu = {urldefrag(link)[0] for link in pages[site / "index.html"].links}
    written = {
        path.relative_to(ROOT / "docs").with_suffix(".html").as_posix() for path in (ROOT / "docs").rglob("*.md")
    }
    assert written - menu == set()


def test_links_to_files_that_are_no_pages_become_their_paths(site):
    assert "(tests/execution)" in (site / "index.html").read_text(encoding="utf-8")


def test_a_page_with_a_false_output_is_corrected():
    page = "```console\n$ iamglue rules unknown-acton\nnothing\n```\n"
    assert "did you mean `unknown-action`" in page_with_outputs(page)


# What scrolls sideways in the text of a page, and cannot be reached with the key Tab.
UNREACHABLE = """
return [...document.querySelectorAll('article *')]
  .filter((node) => node.scrollWidth > node.clientWidth && getComputedStyle(node).overflowX === 'auto')
  .filter((node) => node.getAttribute('tabindex') !== '0' && !node.querySelector('a, button'))
  .map((node) => `${node.tagName} ${node.className}: ${node.textContent.slice(0, 40)}`)
"""


@in_browser
@pytest.mark.parametrize("page", ["tutorial", "trail"])
def test_code_that_is_wider_than_the_screen_is_scrolled_by_keyboard(site, browser, page):
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait

    browser.set_window_size(500, 900)
    try:
        browser.get((site / f"{page}.html").as_uri())
        WebDriverWait(browser, 60, 0.05).until(lambda _: browser.execute_script(UNREACHABLE) == [])
        wide = next(
            node
            for node in browser.find_elements("css selector", "article [tabindex='0']")
            if node.get_property("scrollWidth") > node.get_property("clientWidth")
        )
        wide.send_keys(Keys.ARROW_RIGHT)
        WebDriverWait(browser, 60, 0.05).until(lambda _: wide.get_property("scrollLeft") > 0)
    finally:
        browser.set_window_size(1200, 900)
