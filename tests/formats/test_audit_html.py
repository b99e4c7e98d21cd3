"""The HTML report, used as a person would in a real browser: found, filtered, linked to, worked by keyboard."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from formats.audit_samples import HOSTILE, audit

from iamglue.formats.reports.audit_html import audit_html

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--window-size=1200,900",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--force-prefers-reduced-motion",
)  # fmt: skip

# Where the automatic checks run, the browser is part of what is checked.
needs_browser = pytest.mark.skipif(
    (CHROMIUM is None or DRIVER is None) and "CI" not in os.environ, reason="no Chromium and chromedriver here"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Chromium, headless, with a profile of its own."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    driver.implicitly_wait(10)
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("report") / "audit.html"
    path.write_text(audit_html(audit(120, hostile=True)), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser, page):
    """The page, loaded and ready; what its console says is looked at when the test is done."""

    def at(anchor: str = ""):
        browser.get("about:blank")
        browser.get(f"file://{page}{anchor}")
        browser.find_element("css selector", "body[data-ready]")
        return browser

    yield at
    assert [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")] == []


def texts(driver, selector: str) -> list[str]:
    """What is shown in these elements: asked for at once, as each question to the browser takes 10 ms."""
    return driver.execute_script(f"return [...document.querySelectorAll({selector!r})].map(e => e.innerText)")


def titles(driver) -> list[str]:
    return texts(driver, "#roles .name")


def count(driver) -> str:
    return driver.find_element("id", "count").text


def in_browser(test):
    return needs_browser(pytest.mark.xdist_group("browser")(test))


@in_browser
def test_the_riskiest_role_stands_first_and_more_are_shown_on_request(opened):
    driver = opened()
    assert len(titles(driver)) == 50
    risks = list(map(int, texts(driver, "#roles .risk")))
    assert risks == sorted(risks, reverse=True)
    driver.find_element("id", "more").click()
    assert len(titles(driver)) == 100
    assert count(driver) == "121 roles of 121"


@in_browser
def test_search_finds_names_and_words_of_findings(opened):
    driver = opened()
    driver.find_element("id", "search").send_keys("function-00042")
    assert titles(driver) == ["function-00042"]
    assert count(driver) == "1 role of 121"


@in_browser
def test_filters_leave_what_has_such_findings(opened):
    driver = opened()
    for box in driver.find_elements("css selector", "[data-severity]:not([data-severity=error])"):
        box.click()
    driver.find_element("css selector", "#roles summary").click()
    assert {*texts(driver, "#roles .finding .severity")} == {"error"}
    driver.find_element("id", "reset").click()
    assert count(driver) == "121 roles of 121"


@in_browser
def test_a_rule_whose_finding_is_a_consequence_of_another_is_filtered_and_counted(browser, tmp_path):
    whole = audit(1)
    lead, consequence, *_ = whole.role_results[0].findings
    merged = replace(lead, consequences=(replace(consequence, rule="data-exposure"),))
    role_results = (replace(whole.role_results[0], findings=(merged,)),)
    path = tmp_path / "audit.html"
    path.write_text(audit_html(replace(whole, role_results=role_results)), encoding="utf-8")
    browser.get(f"file://{path}")
    browser.find_element("css selector", "body[data-ready]")
    bars = {text.split("\n")[0]: text.split("\n")[-1] for text in texts(browser, ".bar")}
    assert bars["data-exposure"] == "1"
    browser.find_element("css selector", "#rule option[value=data-exposure]").click()
    assert count(browser) == "1 role of 1"
    browser.find_element("css selector", "#roles summary").click()
    assert len(browser.find_elements("css selector", "#roles .finding")) == 1


@in_browser
def test_a_bar_of_a_chart_filters(opened):
    driver = opened()
    bar = driver.find_element("css selector", "#rules .bar")
    name = bar.find_element("css selector", "span").text
    bar.click()
    assert driver.find_element("id", "rule").get_attribute("value") == name
    assert bar.get_attribute("aria-pressed") == "true"


@in_browser
def test_a_link_opens_its_finding_whatever_page_it_is_on(opened):
    driver = opened()
    driver.find_element("id", "search").send_keys("function-00101")
    driver.find_element("css selector", "#roles summary").click()
    link = driver.find_element("css selector", ".finding a[href^='#finding-']").get_attribute("href")
    anchor = link[link.index("#") :]
    driver = opened(anchor)
    target = driver.find_element("css selector", ".finding.target")
    assert f"#{target.get_attribute('id')}" == anchor
    assert target.is_displayed()
    assert driver.switch_to.active_element == target


@in_browser
def test_a_link_to_a_role_opens_it(opened):
    driver = opened()
    identity = driver.find_elements("css selector", "#roles details")[49].get_attribute("id")
    driver = opened(f"#{identity}")
    assert driver.find_element("id", identity).get_attribute("open") is not None


@in_browser
def test_the_policy_shows_the_offending_parts_marked(opened):
    driver = opened()
    driver.find_element("css selector", "#roles summary").click()
    driver.find_element("css selector", ".finding details summary").click()
    marks = [each.text for each in driver.find_elements("css selector", ".finding pre mark")]
    assert len(marks) == 2
    assert marks[0].startswith('"s3:Get')
    assert marks[1] == '"*"'


@in_browser
def test_everything_can_be_done_by_keyboard(opened):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    driver = opened()
    ActionChains(driver).send_keys("/").perform()
    assert driver.switch_to.active_element.get_attribute("id") == "search"
    ActionChains(driver).send_keys("function-00042").perform()
    assert titles(driver) == ["function-00042"]
    for _ in range(20):
        ActionChains(driver).send_keys(Keys.TAB).perform()
        if driver.switch_to.active_element.tag_name == "summary":
            break
    ActionChains(driver).send_keys(Keys.ENTER).perform()
    assert driver.find_element("css selector", "#roles details").get_attribute("open") is not None
    assert driver.find_elements("css selector", ".finding")


@in_browser
def test_hostile_names_are_text(opened):
    driver = opened()
    driver.find_element("id", "search").send_keys("onerror")
    assert titles(driver) == [HOSTILE.replace("role", "function", 1)]
    driver.find_element("css selector", "#roles summary").click()
    assert driver.find_element("css selector", "body").get_attribute("data-owned") is None
    assert driver.execute_script("return document.querySelectorAll('#roles img, #roles script').length") == 0


@in_browser
def test_light_and_dark_have_colours_of_their_own(opened):
    driver = opened()
    colours = set()
    for scheme in ("light", "dark"):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        colours.add(driver.execute_script("return getComputedStyle(document.body).backgroundColor"))
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert len(colours) == 2


@in_browser
def test_every_control_has_a_name_and_the_page_does_not_run_over_its_width(opened):
    driver = opened()
    unnamed = driver.execute_script(
        "return [...document.querySelectorAll('input, select, button')]"
        ".filter(e => !(e.labels && e.labels.length) && !e.textContent.trim()).length"
    )
    assert unnamed == 0
    driver.set_window_size(400, 800)
    assert driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    driver.set_window_size(1200, 900)


@in_browser
def test_what_was_not_evaluated_is_said(opened):
    driver = opened()
    assert "lambda:GetPolicy is denied" in driver.find_element("id", "gaplist").text


def test_the_page_of_2000_functions_has_at_most_5_mb():
    assert len(audit_html(audit(2000, findings=6)).encode()) <= 5_000_000


def test_nothing_is_fetched_from_elsewhere():
    text = audit_html(audit(3))
    assert re.findall(r"(?:src|href)=[\"'](?!#|data:)[^\"']*", text) == []
    assert "default-src 'none'" in text


def test_a_hostile_name_never_stands_in_the_page_as_it_is():
    assert "onerror=" not in audit_html(audit(1, hostile=True))


def test_the_same_audit_gives_the_same_bytes():
    assert audit_html(audit(5)) == audit_html(audit(5))
