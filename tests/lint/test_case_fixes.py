"""Fixes of all rules' cases: safe ones grant nothing new, what is fixed is found no more, a second run is idle."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from lint.expected import cases, document
from support.linting import EVERYTHING, TODAY, linted, read

from iamglue.engine.solve.access import access_of
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.errors import IamglueError
from iamglue.lint.autofix import FixResult, apply_fixes
from iamglue.lint.rule import RuleExample
from iamglue.lint.rule_table import RULES
from iamglue.policy.document import read_policy
from iamglue.policy.model import Policy

VALUES = (("Region", "eu-west-1"), ("Account", "123456789012"))


@dataclass(frozen=True)
class FixedCase:
    """A case of a rule, and what its safe fixes alone and all of its fixes make of it."""

    case: RuleExample
    safe: FixResult
    all: FixResult
    is_on_page: bool

    @property
    def text(self) -> str:
        return document(self.case.text)


def path_of(text: str) -> str:
    return "p.json" if text.lstrip()[:1] in ("{", "[") else "p.yaml"


def fixed(case: RuleExample, text: str, *, unsafe: bool) -> FixResult:
    """The fixes of a text that is of the type of a case."""
    path = path_of(document(case.text))
    result = apply_fixes(text, lambda new: read(new, path, case.type, VALUES), EVERYTHING, TODAY, unsafe=unsafe)
    assert bool(result.applied) == (result.text != text)
    return result


def parsed(text: str, path: str) -> Policy | None:
    """The policy of a text, if it says something that a proof can be about."""
    try:
        return read_policy(text, path)
    except IamglueError:
        return None


def may_grant_more(old: str, new: str) -> bool:
    before, after = parsed(old, path_of(old)), parsed(new, path_of(old))
    if before is None or after is None:
        return False
    return compare(access_of([after]), access_of([before])).answer is not ComparisonAnswer.NO_NEW_ACCESS


@pytest.fixture(scope="module", params=RULES)
def fixed_cases(request) -> list[FixedCase]:
    """The cases of a rule, for one test after the other: to make the fixes takes longest."""
    on_page = len(RULES[request.param].BAD)  # the first of all cases
    return [
        FixedCase(case, *(fixed(case, document(case.text), unsafe=unsafe) for unsafe in (False, True)), at < on_page)
        for at, case in enumerate(cases(request.param))
    ]


def test_a_safe_fix_of_a_case_grants_nothing_new(fixed_cases):
    readable = [case for case in fixed_cases if parsed(case.text, path_of(case.text))]
    assert [case.text for case in readable if case.safe.unproved] == []
    assert [case.text for case in fixed_cases if may_grant_more(case.text, case.safe.text)] == []


def test_what_was_fixed_is_found_no_more(fixed_cases):
    left = [
        (case.text, finding.rule)
        for case in fixed_cases
        if case.is_on_page
        for finding in linted(case.all.text, path_of(case.text), case.case.type).findings
        if finding.fix
    ]
    assert left == []


def test_a_second_run_changes_nothing_of_a_case(fixed_cases):
    changed = [
        (case.text, once.text)
        for case in fixed_cases
        for once, unsafe in ((case.safe, False), (case.all, True))
        if once.text != case.text  # of the same text a second run would be the first
        and fixed(case.case, once.text, unsafe=unsafe).text != once.text
    ]
    assert changed == []
