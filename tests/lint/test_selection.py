"""Which rules run, and which of their findings are wanted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.linting import linted

from iamglue.errors import IamglueError
from iamglue.findings import Severity
from iamglue.lint.rule import Rule
from iamglue.lint.selection import Selection, checked_names

PLAIN = Rule(Severity.WARNING, codes=("CODE",))
FINDING = linted('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}').findings[0]


@pytest.mark.parametrize(
    ("selection", "rule", "runs"),
    [
        (Selection(), PLAIN, True),
        (Selection(), Rule(Severity.WARNING, pedantic=True), False),
        (Selection(pedantic=True), Rule(Severity.WARNING, pedantic=True), True),
        (Selection(frozenset({"a-rule"})), Rule(Severity.WARNING, pedantic=True), True),
        (Selection(frozenset({"all"})), Rule(Severity.WARNING, pedantic=True), False),
        (Selection(frozenset({"all"})), PLAIN, True),
        (Selection(frozenset({"CODE"})), PLAIN, True),
        (Selection(frozenset({"CODE"})), replace(PLAIN, pedantic=True), True),
        (Selection(frozenset({"OTHER"})), PLAIN, False),
        (Selection(frozenset({"breadth"})), PLAIN, False),
        (Selection(frozenset({"breadth"})), replace(PLAIN, breadth=True), True),
        (Selection(ignore=frozenset({"breadth"})), replace(PLAIN, breadth=True), False),
        (Selection(ignore=frozenset({"breadth"})), PLAIN, True),
        (Selection(ignore=frozenset({"CODE"})), PLAIN, True),  # others of its findings may be wanted
        (Selection(ignore=frozenset({"a-rule"})), PLAIN, False),
        (Selection(frozenset({"a-rule"}), frozenset({"all"})), PLAIN, False),
        (Selection(least=Severity.WARNING), PLAIN, True),
        (Selection(least=Severity.WARNING), Rule(Severity.SUGGESTION), False),
        (Selection(frozenset({"a-rule"}), least=Severity.WARNING), Rule(Severity.SUGGESTION), False),
    ],
)
def test_which_rules_run(selection, rule, runs):
    assert selection.runs("a-rule", rule) is runs


@pytest.mark.parametrize(
    ("selection", "wanted"),
    [
        (Selection(), True),
        (Selection(frozenset({"a-rule"})), True),
        (Selection(frozenset({"CODE"})), True),
        (Selection(frozenset({"all"})), True),
        (Selection(frozenset({"other"})), False),
        (Selection(ignore=frozenset({"CODE"})), False),
        (Selection(ignore=frozenset({"a-rule"})), False),
        (Selection(ignore=frozenset({"other"})), True),
        (Selection(frozenset({"a-rule"}), frozenset({"CODE"})), False),
    ],
)
def test_which_findings_are_wanted(selection, wanted):
    finding = replace(FINDING, rule="a-rule", access_analyzer="CODE", breadth=False)
    assert selection.wants(finding) is wanted


def test_breadth_is_wanted_or_not_as_one():
    finding = replace(FINDING, rule="a-rule", access_analyzer=None, breadth=True)
    assert Selection(frozenset({"breadth"})).wants(finding)
    assert not Selection(ignore=frozenset({"breadth"})).wants(finding)
    assert not Selection(frozenset({"CODE"})).wants(finding)


def test_names_are_known_in_any_case_and_with_underscores():
    given = [" empty-list", "EMPTY_LIST", "invalid_action", "Breadth", "ALL"]
    assert checked_names(given, "--select") == {"empty-list", "INVALID_ACTION", "breadth", "all"}


@pytest.mark.parametrize(
    ("name", "hint"), [("empty-lst", "did you mean `empty-list`?"), ("qqqqqqqq", "`iamglue rules` lists them")]
)
def test_an_unknown_name_is_an_error_that_says_where(name, hint):
    with pytest.raises(IamglueError) as raised:
        checked_names(["empty-list", name], "--ignore")
    assert raised.value.message == f"--ignore: there is no rule `{name}`"
    assert raised.value.hint == hint
