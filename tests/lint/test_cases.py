"""Every rule's own cases: the bad ones are found, the good ones are not, and fixes do what they say."""

from __future__ import annotations

import json

import pytest
from lint.expected import cases, document, expected, said, written
from support.rows import every_row

from iamglue.lint.rule_table import FILE_RULES, RULES, import_all_rules
from iamglue.policy.source.edits import apply_edits

WITH_FIXES = [slug for slug, module in RULES.items() if any(case.fixed is not None for case in module.BAD)]


def violations(slug, case):
    return list(RULES[slug].check(written(case, document(case.text))))


@every_row("slug", RULES)
def test_good_cases_are_left_alone(slug):
    assert [(case.text, hits) for case in RULES[slug].GOOD if (hits := violations(slug, case))] == []


@every_row("slug", RULES)
def test_bad_cases_are_found(slug):
    module = RULES[slug]
    first = next(iter(module.RULE.codes), "")
    codes = [
        (case.text, [first if hit.code is None else hit.code for hit in violations(slug, case)]) for case in module.BAD
    ]
    assert codes == [(case.text, list(case.codes) or [first]) for case in module.BAD]
    assert {case.type for case in module.BAD} <= {*module.RULE.types}


@every_row("slug", WITH_FIXES)
def test_fixes_do_what_the_case_says(slug):
    cases_with_fixes = [case for case in RULES[slug].BAD if case.fixed is not None]
    fixed = [
        apply_edits(document(case.text), {edit for hit in violations(slug, case) if hit.fix for edit in hit.fix.edits})
        for case in cases_with_fixes
    ]
    assert fixed == [document(case.fixed) for case in cases_with_fixes]


@every_row("slug", import_all_rules())
def test_what_is_said_of_bad_cases_is_what_is_kept(slug):
    """Where this fails on purpose: `make golden`, and look at the difference."""
    found = [said(slug, case) for case in cases(slug)]
    assert all(found[: len(import_all_rules()[slug].BAD)])
    assert found == expected()[slug]


@pytest.mark.parametrize("slug", FILE_RULES)
def test_nothing_is_said_of_good_files(slug):
    assert [found for case in FILE_RULES[slug].GOOD for found in said(slug, case)] == []


def test_nothing_is_kept_of_rules_that_are_gone():
    assert list(expected()) == list(import_all_rules())


@every_row("slug", RULES)
def test_every_rule_has_two_good_and_two_bad_cases(slug):
    module = RULES[slug]
    assert len(module.GOOD) >= 2
    assert len(module.BAD) >= 2
    assert module.__doc__
    assert slug == module.__name__.rpartition(".")[2].replace("_", "-")


@every_row("slug", RULES)
def test_every_code_of_a_rule_has_a_bad_case(slug):
    module = RULES[slug]
    shown = {code for case in module.BAD for code in (case.codes or module.RULE.codes[:1])}
    assert set(module.RULE.codes) <= shown


def test_hits_of_cases_are_documents():
    assert json.loads(document('{"Effect": "Allow"}'))["Version"] == "2012-10-17"
