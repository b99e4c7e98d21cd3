"""Reports: each format holds every finding, in the form that its readers take."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from email.message import Message
from importlib.metadata import metadata

import pytest
from formats.samples import CONTROLS
from hypothesis import given
from hypothesis import strategies as st
from junitparser import JUnitXml

from iamglue.findings import (
    Confidence,
    Finding,
    Fix,
    NotEvaluated,
    NotEvaluatedKind,
    Report,
    Severity,
    SourceSpan,
    Subject,
)
from iamglue.formats.reports.report import FORMATS, render_report
from iamglue.formats.reports.report_text import summary_line
from iamglue.output_escaping import HIDDEN_CATEGORIES

PLACE = SourceSpan("dir/policy.json", 5, 17, 5, 31, "/Statement/0/Action", '      "Action": "s3:GetObjekt"')
ROLE = Subject("policy", "ExifRole/Exif")


def finding(message="the service `s3` has no action `GetObjekt`", **changes) -> Finding:
    parts = {
        "rule": "unknown-action",
        "severity": Severity.ERROR,
        "message": message,
        "span": PLACE,
        "subject": ROLE,
        "confidence": Confidence.HIGH,
        "help": "did you mean `s3:GetObject`?",
        "access_analyzer": "INVALID_ACTION",
        "url": "https://docs.aws.amazon.com/x",
        "fix": Fix("write `s3:GetObject`", ()),
    }
    return Finding(**(parts | changes))


FAILED = NotEvaluated(NotEvaluatedKind.FAILED, ROLE, "the rule unknown-action", "KeyError: 1")
UNKNOWN = NotEvaluated(
    NotEvaluatedKind.UNDECIDABLE, ROLE, "the value at a:1:2", "`!Ref X` is not known before deployment"
)
FULL = Report(
    (finding(), finding("a second", rule="empty-list", severity=Severity.SUGGESTION, help=None, access_analyzer=None)),
    (FAILED, UNKNOWN),
    file_count=3,
    policy_count=2,
    suppressed_count=1,
)
MESSAGES = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(CONTROLS), min_size=1, max_size=40)


def test_text_points_at_the_line_as_compilers_do():
    assert render_report(Report((finding(),)), "text") == (
        "dir/policy.json:5:17: error: the service `s3` has no action `GetObjekt` [unknown-action, INVALID_ACTION]\n"
        '  5 |       "Action": "s3:GetObjekt"\n'
        "    |                 ^^^^^^^^^^^^^^\n"
        "  help: did you mean `s3:GetObject`?\n"
    )


def test_text_of_a_long_line_shows_the_part_that_counts():
    line = f'{{"Action": [{", ".join(f"{number:20}" for number in range(50))}]}}'
    place = SourceSpan("p", 1, 800, 1, 805, "", line)
    shown = render_report(Report((finding(span=place),)), "text").splitlines()[1:3]
    assert max(map(len, shown)) <= 84
    mark = shown[1].index("^")
    assert shown[0][mark : mark + 5] == line[799:804]


def test_text_of_a_clean_report_is_empty():
    assert render_report(Report(), "text") == ""


def test_text_says_what_failed():
    assert "ExifRole/Exif: not evaluated: the rule unknown-action: KeyError: 1" in render_report(FULL, "text")


def test_the_summary_counts_all_there_is():
    assert summary_line(FULL) == (
        "2 policies in 3 files: 1 error, 1 suggestion; can be fixed: 2 with --unsafe-fixes; 1 suppressed; "
        "1 value not known before deployment"
    )


def test_json_has_the_form_of_version_1():
    data = json.loads(render_report(FULL, "json"))
    assert set(data) == {"version", "tool", "findings", "not_evaluated", "summary"}
    assert data["version"] == 1
    assert set(data["tool"]) == {"name", "version", "catalog"}
    first = data["findings"][0]
    assert first["location"] == {
        "path": "dir/policy.json",
        "line": 5,
        "column": 17,
        "end_line": 5,
        "end_column": 31,
        "pointer": "/Statement/0/Action",
    }
    assert first["fix"] == {"safe": False, "description": "write `s3:GetObject`", "edits": []}
    assert [gap["kind"] for gap in data["not_evaluated"]] == ["failed", "undecidable"]
    assert data["summary"]["findings"] == {"error": 1, "security-warning": 0, "warning": 0, "suggestion": 1}


def test_sarif_is_valid_and_names_each_rule_once():
    from sarif_pydantic import Sarif

    text = render_report(FULL, "sarif")
    run = Sarif.model_validate_json(text).runs[0]
    assert [rule.id for rule in run.tool.driver.rules] == ["empty-list", "unknown-action"]
    assert [result.rule_id for result in run.results] == ["unknown-action", "empty-list"]
    assert [run.tool.driver.rules[result.rule_index].id for result in run.results] == ["unknown-action", "empty-list"]
    region = run.results[0].locations[0].physical_location.region
    assert (region.start_line, region.start_column, region.end_column) == (5, 17, 31)


def test_sarif_of_a_failed_check_is_no_successful_execution():
    invocation = json.loads(render_report(FULL, "sarif"))["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert len(invocation["toolExecutionNotifications"]) == 2


def test_sarif_tells_findings_apart_that_say_the_same():
    run = json.loads(render_report(Report((finding(), finding())), "sarif"))["runs"][0]
    prints = [result["partialFingerprints"]["iamglue/v1"] for result in run["results"]]
    assert len(set(prints)) == 2


def test_sarif_names_files_from_the_root_of_the_sources():
    (run,) = json.loads(render_report(Report((finding(),)), "sarif"))["runs"]
    artifact = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "dir/policy.json", "uriBaseId": "%SRCROOT%"}
    assert list(run["originalUriBaseIds"]) == ["%SRCROOT%"]


def test_sarif_of_a_file_outside_has_its_whole_address():
    outside = replace(finding(), span=replace(finding().span, path="/tmp/a b.json"))
    (run,) = json.loads(render_report(Report((outside,)), "sarif"))["runs"]
    artifact = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "file:///tmp/a%20b.json"}


def test_sarif_shows_the_documentation_of_a_rule():
    text = "Reports an action that does not exist.\n\nIt grants nothing."
    (run,) = json.loads(render_report(Report((finding(),)), "sarif", {"unknown-action": text}))["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["shortDescription"] == {"text": "Reports an action that does not exist."}
    assert rule["help"] == {"text": text, "markdown": text}


def test_sarif_names_no_address_of_the_project_unless_its_package_does(monkeypatch):
    driver = json.loads(render_report(FULL, "sarif"))["runs"][0]["tool"]["driver"]
    urls = metadata("iamglue").get_all("Project-URL") or []
    assert ("informationUri" in driver) == bool(urls)
    package = Message()
    package["Project-URL"] = "Changelog, https://example.com/changes"
    package["Project-URL"] = "Homepage, https://example.com/iamglue"
    monkeypatch.setattr("iamglue.formats.reports.report_sarif.metadata", lambda _: package)
    driver = json.loads(render_report(FULL, "sarif"))["runs"][0]["tool"]["driver"]
    assert driver["informationUri"] == "https://example.com/iamglue"


def test_junit_counts_failures_errors_and_skipped():
    (suite,) = JUnitXml.fromstring(render_report(FULL, "junit").encode())
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (4, 2, 1, 1)


def test_junit_of_a_clean_report_has_a_case_that_passes():
    (suite,) = JUnitXml.fromstring(render_report(Report(policy_count=2), "junit").encode())
    assert (suite.tests, suite.failures, suite.errors) == (1, 0, 0)


def test_github_puts_the_finding_at_its_line():
    assert render_report(Report((finding(),)), "github") == (
        "::error file=dir/policy.json,line=5,endLine=5,title=unknown-action,col=17,endColumn=31::"
        "the service `s3` has no action `GetObjekt`%0Adid you mean `s3:GetObject`?\n"
    )


def test_gitlab_issues_have_fingerprints_of_their_own():
    issues = json.loads(render_report(Report((finding(), finding()), (FAILED,)), "gitlab"))
    assert len({issue["fingerprint"] for issue in issues}) == 3
    assert [issue["severity"] for issue in issues] == ["critical", "critical", "blocker"]


def test_markdown_has_a_row_for_each_finding():
    text = render_report(FULL, "markdown")
    assert len(re.findall(r"^\| (?:error|suggestion) ", text, re.MULTILINE)) == 2
    assert "Not evaluated:" in text


@given(MESSAGES)
def test_no_message_can_make_a_second_line_of_text(message):
    lines = render_report(Report((finding(message, help=None, span=SourceSpan("p")),)), "text").splitlines()
    assert len(lines) == 1
    assert HIDDEN_CATEGORIES.isdisjoint(map(unicodedata.category, lines[0]))


@given(MESSAGES)
def test_no_message_can_make_a_second_command_for_github(message):
    assert len(render_report(Report((finding(message),)), "github").splitlines()) == 1


@given(MESSAGES)
def test_no_message_can_make_html_or_a_second_row_of_markdown(message):
    text = render_report(Report((finding(message, help=None),)), "markdown")
    (row,) = [line for line in text.split("\n") if line.startswith("| error")]
    assert re.search(r"(?<!\\)[<>]", re.sub(r"(`+)[^`]+\1", "", row)) is None  # in a span of code it is text
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 5


@given(MESSAGES)
def test_every_message_makes_xml_that_can_be_read(message):
    JUnitXml.fromstring(render_report(Report((finding(message),)), "junit").encode())


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_report_gives_the_same_bytes(format):
    assert render_report(FULL, format) == render_report(FULL, format)
