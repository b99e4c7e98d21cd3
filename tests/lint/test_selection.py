"""Which rules run, and which of their findings are wanted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.linting import linted
from support.rows import every_row

from iamglue.errors import IamglueError
from iamglue.findings import Severity
from iamglue.lint.rule import Rule
from iamglue.lint.selection import RuleSelection, parse_rule_names

PLAIN = Rule(Severity.WARNING, codes=("CODE",))
FINDING = linted('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}').findings[0]


@every_row(
    "selection, rule, runs",
    [
        (RuleSelection(), PLAIN, True),
        (RuleSelection(), Rule(Severity.WARNING, pedantic=True), False),
        (RuleSelection(pedantic=True), Rule(Severity.WARNING, pedantic=True), True),
        (RuleSelection(frozenset({"a-rule"})), Rule(Severity.WARNING, pedantic=True), True),
        (RuleSelection(frozenset({"all"})), Rule(Severity.WARNING, pedantic=True), False),
        (RuleSelection(frozenset({"all"})), PLAIN, True),
        (RuleSelection(frozenset({"CODE"})), PLAIN, True),
        (RuleSelection(frozenset({"CODE"})), replace(PLAIN, pedantic=True), True),
        (RuleSelection(frozenset({"OTHER"})), PLAIN, False),
        (RuleSelection(frozenset({"breadth"})), PLAIN, False),
        (RuleSelection(frozenset({"breadth"})), replace(PLAIN, breadth=True), True),
        (RuleSelection(ignore=frozenset({"breadth"})), replace(PLAIN, breadth=True), False),
        (RuleSelection(ignore=frozenset({"breadth"})), PLAIN, True),
        (RuleSelection(ignore=frozenset({"CODE"})), PLAIN, True),  # others of its findings may be wanted
        (RuleSelection(ignore=frozenset({"a-rule"})), PLAIN, False),
        (RuleSelection(frozenset({"a-rule"}), frozenset({"all"})), PLAIN, False),
        (RuleSelection(min_severity=Severity.WARNING), PLAIN, True),
        (RuleSelection(min_severity=Severity.WARNING), Rule(Severity.SUGGESTION), False),
        (RuleSelection(frozenset({"a-rule"}), min_severity=Severity.WARNING), Rule(Severity.SUGGESTION), False),
    ],
)
def test_which_rules_run(selection, rule, runs):
    assert selection.includes_rule("a-rule", rule) is runs


@pytest.mark.parametrize(
    ("selection", "wanted"),
    [
        (RuleSelection(), True),
        (RuleSelection(frozenset({"a-rule"})), True),
        (RuleSelection(frozenset({"CODE"})), True),
        (RuleSelection(frozenset({"all"})), True),
        (RuleSelection(frozenset({"other"})), False),
        (RuleSelection(ignore=frozenset({"CODE"})), False),
        (RuleSelection(ignore=frozenset({"a-rule"})), False),
        (RuleSelection(ignore=frozenset({"other"})), True),
        (RuleSelection(frozenset({"a-rule"}), frozenset({"CODE"})), False),
    ],
)
def test_which_findings_are_wanted(selection, wanted):
    finding = replace(FINDING, rule="a-rule", access_analyzer="CODE", breadth=False)
    assert selection.includes_finding(finding) is wanted


def test_breadth_is_wanted_or_not_as_one():
    finding = replace(FINDING, rule="a-rule", access_analyzer=None, breadth=True)
    assert RuleSelection(frozenset({"breadth"})).includes_finding(finding)
    assert not RuleSelection(ignore=frozenset({"breadth"})).includes_finding(finding)
    assert not RuleSelection(frozenset({"CODE"})).includes_finding(finding)


def test_names_are_known_in_any_case_and_with_underscores():
    given = [" empty-list", "EMPTY_LIST", "invalid_action", "Breadth", "ALL"]
    assert parse_rule_names(given, "--select") == {"empty-list", "INVALID_ACTION", "breadth", "all"}


@pytest.mark.parametrize(
    ("name", "hint"), [("empty-lst", "did you mean `empty-list`?"), ("qqqqqqqq", "`iamglue rules` lists them")]
)
def test_an_unknown_name_is_an_error_that_says_where(name, hint):
    with pytest.raises(IamglueError) as raised:
        parse_rule_names(["empty-list", name], "--ignore")
    assert raised.value.message == f"--ignore: there is no rule `{name}`"
    assert raised.value.hint == hint
