"""The HTML report, used as a person would in a real browser: found, filtered, linked to, worked by keyboard."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from formats.audit_samples import HOSTILE, audit
from support import bakery, deployed
from support.browser import in_browser, texts

from iamglue.audit.run import AuditSelection
from iamglue.audit.run import audit as judge
from iamglue.findings import EscalationHop, NotEvaluated, NotEvaluatedKind, Subject
from iamglue.formats.reports.access_picture import access_picture
from iamglue.formats.reports.audit_html import audit_html
from iamglue.formats.reports.escalation_picture import escalation_picture
from iamglue.model.account import Account
from iamglue.model.escalation_map import EscalationRoute, PrincipalRoutes, RouteEnd, RouteOwners
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER
from iamglue.readers.exports.authorization_details import read_authorization_details

# The shown texts whose contrast with what is behind them is below 4.5, or 3 for large ones (WCAG 2.2, 1.4.3).
CONTRAST = """
const numbers = (text) => text.match(/[0-9.]+/g).map(Number);
const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const light = (rgb) => rgb.slice(0, 3).map((v) => linear(v / 255))
  .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
const behind = (node) => {
  for (let at = node; at; at = at.parentElement) {
    const colour = numbers(getComputedStyle(at).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
const low = [];
for (const node of document.querySelectorAll('body *')) {
  const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
  if (!own || !node.getClientRects().length || node.closest('noscript, script, option, .skip')) continue;
  const svg = node.namespaceURI.endsWith('svg');
  if (svg && node.tagName !== 'text') continue;
  const style = getComputedStyle(node);
  const box = svg && node.closest('.node') ? node.closest('.node').querySelector('rect') : null;
  const back = box ? numbers(getComputedStyle(box).fill) : behind(svg ? node.closest('div, section') : node);
  const [one, two] = [light(numbers(svg ? style.fill : style.color)), light(back)].sort((a, b) => b - a);
  const size = parseFloat(style.fontSize);
  const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
  if ((one + 0.05) / (two + 0.05) < least) low.push(`${node.tagName} ${node.textContent.slice(0, 40)}`);
}
return low;
"""


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


def arn(name: str) -> str:
    return f"arn:aws:iam::{deployed.ACCOUNT}:role/{name}"


def titles(driver) -> list[str]:
    return texts(driver, "#roles .name")


def count(driver) -> str:
    return driver.find_element("id", "count").text


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
    driver.find_element("css selector", "#roles .finding .severity")  # waits: a busy browser opens the role later
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


def open_question(role_result) -> NotEvaluated:
    """What is undecided of the role's function, whose name is as hostile as the role's."""
    function = role_result.context.functions[0]
    subject = Subject("function", function.name, function.arn)
    return NotEvaluated(NotEvaluatedKind.UNDECIDABLE, subject, "whether it may", "it depends on `aws:SourceVpc`")


def with_open_questions(whole):
    """The audit without findings, where something of each role is undecided."""
    roles = tuple(replace(role, findings=()) for role in whole.role_results)
    gaps = (*whole.report.not_evaluated, *map(open_question, roles))
    return replace(whole, role_results=roles, report=replace(whole.report, findings=(), not_evaluated=gaps))


@in_browser
def test_a_role_of_which_something_is_undecided_is_not_shown_as_clean(browser, tmp_path):
    path = tmp_path / "audit.html"
    path.write_text(audit_html(with_open_questions(audit(1))), encoding="utf-8")
    load(browser, path)
    assert "it depends on aws:SourceVpc" in browser.find_element("id", "undecided").text
    browser.find_element("css selector", "#roles summary").click()
    inside = browser.find_element("css selector", "#roles .inside").text
    assert "Undecided: function function-00000: whether it may: it depends on aws:SourceVpc" in inside
    assert "Nothing was found" not in inside


def test_what_is_undecided_is_also_there_without_scripts():
    page = audit_html(with_open_questions(audit(1)))
    rows = page[page.index("<noscript>") : page.index("</noscript>")]
    assert "Undecided: function function-00000: whether it may" in rows
    assert "Nothing was found" not in rows
    assert "1 undecided" in page[: page.index("<noscript>")]


def test_a_page_without_roles_says_that_none_was_audited_and_has_no_empty_charts():
    page = audit_html(replace(audit(0), routes=()))
    assert "<p>No role was audited.</p>" in page
    assert "nothing found" not in page
    assert 'class="tile' not in page


def test_the_page_of_a_template_names_the_file_and_no_parameter_of_an_account():
    account = Account(ACCOUNT_PARAMETER, source="stacks/template.yaml")
    page = audit_html(replace(audit(0), accounts=(account, Account("123456789012"))))
    assert "<h1>iamglue audit of account 123456789012, stacks/template.yaml</h1>" in page


@in_browser
def test_what_was_not_evaluated_is_said(opened):
    driver = opened()
    assert "lambda:GetPolicy is denied" in driver.find_element("id", "gaplist").text


@pytest.fixture(scope="module")
def story(tmp_path_factory) -> Path:
    """The page of an account that is a story, with what its roles can become."""
    account = read_authorization_details("export.json", json.dumps(bakery.export()), json.dumps(bakery.functions()))
    path = tmp_path_factory.mktemp("story") / "audit.html"
    result = judge([account], chosen=AuditSelection(routes_of=RouteOwners.ROLES))
    path.write_text(audit_html(result), encoding="utf-8")
    return path


@contextmanager
def screen(driver, width: int):
    """The browser with a screen of this width."""
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    yield
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def load(driver, path: Path, fragment: str = "") -> None:
    driver.get("about:blank")
    driver.get(f"file://{path}{fragment}")
    driver.find_element("css selector", "body[data-ready]")


@in_browser
@pytest.mark.parametrize("width", [360, 1280])
def test_a_role_has_the_picture_of_its_whole_chain_and_fits_the_screen(browser, story, width):
    with screen(browser, width):
        load(browser, story)
        browser.find_element("id", "search").send_keys("chat-ops")
        browser.find_element("css selector", "#roles summary").click()
        picture = browser.find_element("css selector", "svg.paths")  # waits until the role is filled
        shown = browser.execute_script(
            "return [...document.querySelectorAll('svg.paths .node .label')].map(e => e.textContent)"
        )
        assert shown == ["chat-ops", "release-bot", "ci-runner", "deployer", "administrator access"]
        means = browser.execute_script(
            "return [...document.querySelectorAll('svg.paths .means')].map(e => e.firstChild.textContent)"
        )
        assert means == ["lambda:UpdateFunctionCode", "sts:AssumeRole", "sts:AssumeRole"]
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
        assert picture.is_displayed()
        assert picture.rect["width"] <= width


@in_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_have_the_contrast_of_wcag_aa(browser, story, scheme):
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    try:
        load(browser, story, "#role-1-chat-ops")
        low = browser.execute_script(CONTRAST)
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert low == []


@in_browser
def test_a_tile_leaves_the_roles_that_can_get_as_far(browser, story):
    load(browser, story)
    browser.find_element("css selector", ".tile.administrator").click()
    assert count(browser) == "19 roles of 40"
    assert {*texts(browser, "#roles .reach")} == {"has administrator access", "can get administrator access"}
    browser.find_element("css selector", ".tile.administrator").click()
    assert count(browser) == "40 roles of 40"


@in_browser
def test_filters_can_be_shared_as_a_link(browser, story):
    load(browser, story)
    browser.find_element("id", "search").send_keys("ops")
    browser.find_element("css selector", "[data-severity=warning]").click()
    browser.find_element("css selector", ".tile.administrator").click()
    browser.find_element("css selector", "#sort option[value=name]").click()
    expected, link = titles(browser), browser.current_url
    assert 0 < len(expected) < 19
    browser.get("about:blank")
    browser.get(link)
    browser.find_element("css selector", "body[data-ready]")
    assert titles(browser) == expected
    assert browser.find_element("id", "search").get_attribute("value") == "ops"
    assert not browser.find_element("css selector", "[data-severity=warning]").is_selected()
    assert browser.find_element("css selector", ".tile.administrator").get_attribute("aria-pressed") == "true"
    browser.find_element("id", "reset").click()
    assert count(browser) == "40 roles of 40"


@in_browser
def test_a_link_with_a_filter_of_another_page_shows_all(browser, story):
    load(browser, story, "#rule=no-such-rule&sort=none")
    assert count(browser) == "40 roles of 40"


@in_browser
@pytest.mark.parametrize("width", [360, 1280])
def test_without_javascript_every_role_and_finding_is_in_a_table(browser, story, width):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        with screen(browser, width):
            browser.get("about:blank")
            browser.get(f"file://{story}")
            assert len(texts(browser, "section.plain")) == 40
            rows = [text for text in texts(browser, ".findings tr") if "privilege-escalation" in text]
            assert len([text for text in rows if "security warning" in text]) == len(bakery.PATHS)
            assert not browser.find_element("css selector", ".controls").is_displayed()
            assert browser.find_element("css selector", "section.plain svg.paths").is_displayed()
            assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@in_browser
def test_on_paper_all_findings_are_shown_and_no_control(browser, story):
    load(browser, story)
    browser.execute_script("dispatchEvent(new Event('beforeprint'))")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        amounts = [int(text.split()[0]) for text in texts(browser, ".amount")]
        assert len(amounts) == 40
        assert len([text for text in texts(browser, "#roles .finding .message") if text]) == sum(amounts)
        assert not browser.find_element("css selector", ".controls").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


@in_browser
def test_findings_that_cannot_be_unpacked_are_not_shown_as_none(browser, story, tmp_path):
    from selenium.webdriver.support.ui import WebDriverWait

    text = story.read_text(encoding="utf-8")
    path = tmp_path / "broken.html"
    path.write_text(re.sub('(id="data">).{9}', r"\1AAAAAAAAA", text, count=1), encoding="utf-8")
    browser.get(f"file://{path}")
    waiting = browser.find_element("id", "waiting")
    WebDriverWait(browser, 10).until(lambda _: "could not be unpacked" in waiting.text)


@in_browser
def test_roles_that_are_not_on_paper_are_counted(browser, tmp_path):
    path = tmp_path / "many.html"
    path.write_text(audit_html(audit(203, findings=1)), encoding="utf-8")
    load(browser, path)
    browser.execute_script("dispatchEvent(new Event('beforeprint'))")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert browser.find_element("id", "paper").text.startswith("3 more roles are not on paper")
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_what_is_not_known_of_needs_and_use_is_said_and_not_zero():
    assert "needed not known, used not known" in access_picture(5, None, None)
    assert "needed 0, used at least 0" in access_picture(5, 0, 0)


def test_a_picture_with_many_routes_is_bounded_and_counts_the_others():
    hops = [EscalationHop("start", arn("start"), arn(f"target-{number}"), ()) for number in range(50)]
    routes = tuple(EscalationRoute((hop,), RouteEnd.MORE, hop.target) for hop in hops)
    picture = escalation_picture(PrincipalRoutes("start", arn("start"), deployed.ACCOUNT, routes=routes, left_out=7))
    assert picture.svg.count('class="node') == 3
    assert picture.left_out == 50 - 2 + 7


def test_a_picture_of_a_long_chain_shows_its_ends_and_counts_the_middle():
    names = [f"role-{number}" for number in range(20)]
    hops = tuple(EscalationHop(a, arn(a), arn(b), ()) for a, b in pairwise(names))
    route = EscalationRoute(hops, RouteEnd.ADMINISTRATOR, arn(names[-1]))
    picture = escalation_picture(PrincipalRoutes("role-0", arn("role-0"), deployed.ACCOUNT, routes=(route,)))
    assert ">role-19<" in picture.svg
    assert "administrator access" in picture.svg
    assert "through 13 more" in picture.svg


def test_names_in_a_picture_are_escaped():
    route = EscalationRoute((EscalationHop(HOSTILE, arn(HOSTILE), arn("b"), ()),), RouteEnd.MORE, arn("b"))
    picture = escalation_picture(PrincipalRoutes(HOSTILE, arn(HOSTILE), deployed.ACCOUNT, routes=(route,)))
    tags = {element.tag.rpartition("}")[2] for element in ET.fromstring(picture.svg).iter()}
    assert tags == {"svg", "g", "rect", "path", "text", "title"}


def test_the_page_of_2000_functions_has_at_most_5_mb():
    assert len(audit_html(audit(2000, findings=6)).encode()) <= 5_000_000


def test_nothing_is_fetched_from_elsewhere():
    text = audit_html(audit(3))
    assert re.findall(r"(?:src|href)=[\"'](?!#|data:)[^\"']*", text) == []
    assert "default-src 'none'" in text


def test_a_hostile_name_never_stands_in_the_page_as_it_is():
    text = audit_html(audit(1, hostile=True))
    assert "<img" not in text
    assert "<script>document" not in text


def test_the_same_audit_gives_the_same_bytes():
    assert audit_html(audit(5)) == audit_html(audit(5))
