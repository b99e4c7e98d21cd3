"""Baselines: which findings of a changed file are known, and which are new."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace

import pytest
from lint.expected import case_file, cases
from support.linting import EVERYTHING, TODAY, linted

from iamglue.errors import IamglueError
from iamglue.findings import Report
from iamglue.lint.baseline import baseline_text, read_baseline, read_report_as_baseline
from iamglue.lint.rule_table import import_all_rules
from iamglue.lint.run import lint_file
from iamglue.model.suppressions import apply_baseline

OPEN = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
MISSPELLED = {"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::images/*"}


@pytest.fixture
def new_rules(tmp_path):
    """The rules that report something new after a change of a policy."""

    def compare(before: Report, after: Report) -> list[str]:
        path = tmp_path / "baseline.json"
        path.write_text(baseline_text(before), encoding="utf-8")
        return [finding.rule for finding in apply_baseline(after, read_baseline(str(path))).findings]

    return compare


def report(*statements: dict[str, object] | str, indent: int | None = None) -> Report:
    return linted(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=indent))


def test_a_message_that_is_worded_anew_keeps_the_baseline(new_rules):
    before = report(OPEN, MISSPELLED)
    after = replace(before, findings=tuple(replace(finding, message="new words") for finding in before.findings))
    assert before.findings
    assert new_rules(before, after) == []


def test_lines_that_move_and_statements_in_another_order_keep_the_baseline(new_rules):
    assert new_rules(report(OPEN, MISSPELLED), report(MISSPELLED, OPEN, indent=4)) == []


def test_a_sid_keeps_the_baseline(new_rules):
    assert new_rules(report(OPEN, MISSPELLED), report({"Sid": "A", **OPEN}, {"Sid": "B", **MISSPELLED})) == []


def test_a_second_equal_finding_is_reported(new_rules):
    other = MISSPELLED | {"Resource": "arn:aws:s3:::more/*"}
    assert new_rules(report(MISSPELLED), report(MISSPELLED, other)) == ["unknown-action"]


def test_another_action_of_the_same_problem_is_reported(new_rules):
    other = MISSPELLED | {"Action": "s3:PutObjekt"}
    assert new_rules(report(MISSPELLED), report(other)) == ["unknown-action"]


def test_access_to_other_resources_is_reported_where_a_narrower_finding_was_known(new_rules):
    narrow = OPEN | {"Resource": "arn:aws:s3:::images*"}
    assert "broad-access" in new_rules(report(narrow), report(OPEN))


def test_access_without_its_condition_is_reported_where_it_was_known_with_one(new_rules):
    conditional = OPEN | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}
    assert "broad-access" in new_rules(report(conditional), report(OPEN))


@pytest.mark.parametrize("slug", import_all_rules())
def test_different_problems_at_one_place_are_told_apart(slug):
    messages = defaultdict(set)
    for at, case in enumerate(cases(slug)):
        for finding in lint_file(case_file(slug, case), EVERYTHING, TODAY).findings:
            messages[at, finding.identity, finding.span].add(finding.message)
    assert [texts for texts in messages.values() if len(texts) > 1] == []


def test_a_baseline_of_the_former_version_is_an_error_that_says_to_write_it_anew(tmp_path):
    path = tmp_path / "baseline.json"
    path.write_text('{"version": 1, "findings": []}', encoding="utf-8")
    with pytest.raises(IamglueError) as error:
        read_baseline(str(path))
    assert "expected a baseline of version 2, not of version 1" in str(error.value)
    assert "write a new baseline with --write-baseline" in str(error.value)


@pytest.mark.parametrize("finding", [{}, {"rule": "a", "identity": 1}, {"identity": "a"}, "text"])
def test_a_report_without_identities_is_an_error_that_says_to_write_it_anew(tmp_path, finding):
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"version": 1, "findings": [finding]}), encoding="utf-8")
    with pytest.raises(IamglueError, match="write a new report"):
        read_report_as_baseline(str(path))
