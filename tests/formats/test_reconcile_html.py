"""The page of `reconcile`, used as a person would in a real browser: searched, filtered, worked by keyboard."""

from __future__ import annotations

import re

import pytest
from support.browser import in_browser, texts

from iamglue.errors import Location
from iamglue.findings import NotEvaluatedKind
from iamglue.formats.reports.reconcile_html import reconcile_html
from iamglue.formats.reports.reconcile_picture import overlap_picture
from iamglue.model.reconciliation import (
    AccessSource,
    ReconcileGap,
    ReconcileRow,
    ReconcileSuggestion,
    ReconcileVerdict,
    Reconciliation,
    SourceAnswer,
    SourceEvidence,
    ranked_rows,
)
from iamglue.model.spec import AccessEntry, AccessList, SpecResource

HOSTILE = "<img src=x onerror=document.body.dataset.owned=1></td><script>document.body.dataset.owned=1</script>"
VALUES = {"y": True, "n": False, "?": None}
PLACE = Location("src/app.py", 7, 5)


def row(action: str, combination: str, verdict: ReconcileVerdict, risk: int = 0, **more) -> ReconcileRow:
    answers = {
        source: SourceAnswer(VALUES[letter], f"reason of {source}", (SourceEvidence(f"proof of {source}", PLACE),))
        for source, letter in zip(AccessSource, combination, strict=True)
    }
    more = {"function": "exif", "resource": "arn:aws:s3:::images-bucket/*", **more}
    return ReconcileRow(action=action, answers=answers, verdict=verdict, risk=risk, **more)


def sample(*, hostile: bool = False, count: int = 1) -> Reconciliation:
    """A table of every kind of row, for two functions."""
    entry = AccessEntry(AccessList.READS, "s3", SpecResource("archive-bucket"), PLACE)
    rows = [
        row("s3:GetObject", "yyyy", ReconcileVerdict.AGREES),
        row(
            "s3:ListBucket",
            "ny?n",
            ReconcileVerdict.CALLED_NOT_DECLARED,
            40,
            suggestion=ReconcileSuggestion("add", entry),
        ),
        *(
            row(f"sqs:Action{number}", "nn?y", ReconcileVerdict.GRANTED_NOT_NEEDED, 30 + number % 60, function="other")
            for number in range(count)
        ),
        row("kms:Decrypt", "y??y", ReconcileVerdict.UNDECIDED),
    ]
    if hostile:
        rows.append(row(HOSTILE, "nnny", ReconcileVerdict.GRANTED_NOT_NEEDED, 99, resource=HOSTILE, function=HOSTILE))
    gap = ReconcileGap(AccessSource.CALLED, "src/broken.py", "it does not parse", NotEvaluatedKind.FAILED)
    return Reconciliation("spec.yaml", ("exif", "other"), ranked_rows(rows), (gap,))


def test_the_note_of_a_row_is_how_much_remains_whatever_its_resource_is_called():
    resource = "arn:aws:s3:::images-bucket/copy (1).png"
    rest = row(
        "s3:Get*", "nnny", ReconcileVerdict.GRANTED_NOT_NEEDED, resource=resource, is_remainder=True, action_count=3
    )
    html = reconcile_html(Reconciliation("spec.yaml", ("exif",), (rest,), ()))
    assert re.findall(r'class="dim">\(([^<]*other[^<]*)\)<', html) == ["3 other actions"]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "table.html"
    path.write_text(reconcile_html(sample(hostile=True, count=3)), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser, page):
    browser.get("about:blank")
    browser.get(f"file://{page}")
    browser.find_element("css selector", "body[data-ready]")
    yield browser
    assert [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")] == []


def actions(driver) -> list[str]:
    return texts(driver, "#rows tr.entry:not([hidden]) .action")


@in_browser
def test_the_riskiest_disagreement_is_first(opened):
    risks = [int(text) for text in texts(opened, "#rows .risk")]
    assert (risks, len(actions(opened))) == (sorted(risks, reverse=True), 7)
    assert actions(opened)[-2:] == ["kms:Decrypt", "s3:GetObject"]


@in_browser
def test_search_and_filters_leave_what_matches(opened):
    opened.find_element("id", "search").send_keys("archive-bucket")
    assert actions(opened) == ["s3:ListBucket"]
    opened.find_element("id", "reset").click()
    opened.find_element("css selector", "#function option[value=other]").click()
    assert {text.rstrip("0123456789") for text in actions(opened)} == {"sqs:Action"}
    opened.find_element("id", "reset").click()
    opened.find_element("css selector", "#verdict option[value=undecided]").click()
    assert actions(opened) == ["kms:Decrypt"]
    opened.find_element("id", "reset").click()
    opened.find_element("id", "disagreements").click()
    assert opened.find_element("id", "count").text == "5 rows of 7"


@in_browser
def test_the_order_can_be_that_of_actions(opened):
    opened.find_element("css selector", "#sort option[value=action]").click()
    shown = [text for text in actions(opened) if not text.startswith("<")]
    assert shown == sorted(shown, key=str.lower)
    opened.find_element("css selector", "#sort option[value=risk]").click()
    assert actions(opened)[-1] == "s3:GetObject"


@in_browser
def test_a_link_to_the_page_keeps_the_order_and_the_filters(opened):
    opened.find_element("css selector", "#sort option[value=resource]").click()
    opened.find_element("css selector", "#verdict option[value=granted-not-needed]").click()
    expected, link = actions(opened), opened.current_url
    opened.get("about:blank")
    opened.get(link)
    opened.find_element("css selector", "body[data-ready]")
    assert actions(opened) == expected
    assert opened.find_element("id", "sort").get_attribute("value") == "resource"


@in_browser
def test_a_bar_of_the_picture_filters_by_mouse_and_by_keyboard(opened):
    from selenium.webdriver.common.keys import Keys

    column = opened.find_element("css selector", "svg .column[data-combination=nnuy]")
    column.click()
    assert {text.rstrip("0123456789") for text in actions(opened)} == {"sqs:Action"}
    assert column.get_attribute("aria-pressed") == "true"
    column.send_keys(Keys.ENTER)
    assert len(actions(opened)) == 7


@in_browser
def test_the_search_can_be_reached_by_a_key(opened):
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(opened).send_keys("/").perform()
    ActionChains(opened).send_keys("listbucket").perform()
    assert actions(opened) == ["s3:ListBucket"]


@in_browser
def test_evidence_and_the_entry_to_add_are_in_the_row(opened):
    opened.find_element("id", "search").send_keys("listbucket")
    row_shown = opened.find_element("css selector", "#rows tr.entry:not([hidden])")
    row_shown.find_element("css selector", "details summary").click()
    assert "src/app.py:7:5: proof of called" in row_shown.text
    assert "- s3: archive-bucket" in row_shown.text


@in_browser
def test_hostile_names_are_text(opened):
    opened.find_element("id", "search").send_keys("onerror")
    assert actions(opened) == [HOSTILE]
    assert opened.find_element("css selector", "body").get_attribute("data-owned") is None
    assert opened.execute_script("return document.querySelectorAll('main img, main script').length") == 0


@in_browser
def test_every_control_has_a_name_and_the_page_does_not_run_over_its_width(opened):
    unnamed = opened.execute_script(
        "return [...document.querySelectorAll('input, select, button, [role=button]')].filter(e => "
        "!(e.labels && e.labels.length) && !e.textContent.trim() && !e.getAttribute('aria-label')).length"
    )
    assert unnamed == 0
    opened.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    )
    assert opened.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    opened.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@in_browser
def test_without_javascript_the_table_is_whole_and_no_control_is_shown(browser, page):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get("about:blank")
    browser.get(f"file://{page}")
    try:
        rows = browser.find_elements("css selector", "#rows tr.entry")
        assert len([item for item in rows if item.is_displayed()]) == 7
        assert not browser.find_element("css selector", ".controls").is_displayed()
        assert browser.find_element("css selector", "#overlap svg").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@in_browser
def test_on_paper_there_are_no_controls_and_all_rows(opened):
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert not opened.find_element("css selector", ".controls").is_displayed()
        assert len(actions(opened)) == 7
    finally:
        opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_the_picture_counts_every_row_once_and_shows_unknown_apart_from_no():
    table = sample(count=30)
    picture = overlap_picture(table.rows)
    assert sum(column.count for column in picture.columns) == len(table.rows)
    assert picture.columns[0].count == 30
    assert [dot.kind for dot in picture.columns[0].dots] == ["no", "no", "unknown", "yes"]
    assert {line.label: line.count for line in picture.lines}["granted"] == 32


def test_combinations_beyond_those_that_fit_are_one_column():
    letters = [a + b + c + d for a in "yn?" for b in "yn?" for c in "yn?" for d in "y"]
    rows = [row(f"s3:{text}", text, ReconcileVerdict.AGREES) for text in letters]
    picture = overlap_picture(rows)
    assert sum(column.count for column in picture.columns) == len(rows)
    assert picture.columns[-1].title.endswith("other combinations")


def test_what_was_not_looked_at_is_above_the_table():
    text = reconcile_html(sample())
    assert text.index("it does not parse") < text.index('<table id="rows"')


def test_nothing_is_fetched_from_elsewhere():
    text = reconcile_html(sample())
    assert re.findall(r"(?:src|href)=[\"'](?!#|data:)[^\"']*", text) == []
    assert "default-src 'none'" in text


def test_a_hostile_name_is_never_in_the_page_as_it_is():
    assert "<img src=x" not in reconcile_html(sample(hostile=True))


def test_the_same_table_gives_the_same_bytes():
    assert reconcile_html(sample(count=5)) == reconcile_html(sample(count=5))


def test_a_table_without_rows_is_a_page_that_says_so():
    assert "nothing is declared" in reconcile_html(Reconciliation("spec.yaml", ("exif",), ()))


def test_two_thousand_rows_have_at_most_4_mb():
    assert len(reconcile_html(sample(count=2000)).encode()) <= 4_000_000
