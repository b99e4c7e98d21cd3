"""Every rule's own cases: the bad ones are found, the good ones are not, and fixes do what they say."""

from __future__ import annotations

import json

import pytest
from lint.expected import cases, document, expected, said, written

from iamglue.lint.rule_table import FILE_RULES, RULES, import_all_rules
from iamglue.policy.source.edits import apply_edits

GOOD = [pytest.param(slug, case, id=f"{slug}-{at}") for slug, m in RULES.items() for at, case in enumerate(m.GOOD)]
BAD = [pytest.param(slug, case, id=f"{slug}-{at}") for slug, m in RULES.items() for at, case in enumerate(m.BAD)]
FIXED = [param for param in BAD if param.values[1].fixed is not None]


@pytest.mark.parametrize(("slug", "case"), GOOD)
def test_good_cases_are_left_alone(slug, case):
    assert list(RULES[slug].check(written(case, document(case.text)))) == []


@pytest.mark.parametrize(("slug", "case"), BAD)
def test_bad_cases_are_found(slug, case):
    module = RULES[slug]
    hits = list(module.check(written(case, document(case.text))))
    first = next(iter(module.RULE.codes), "")
    assert [first if hit.code is None else hit.code for hit in hits] == (list(case.codes) or [first])
    assert case.type in module.RULE.types


@pytest.mark.parametrize(("slug", "case"), FIXED)
def test_fixes_do_what_the_case_says(slug, case):
    text = document(case.text)
    hits = list(RULES[slug].check(written(case, text)))
    fixed = apply_edits(text, {edit for hit in hits if hit.fix for edit in hit.fix.edits})
    assert fixed == document(case.fixed)


@pytest.mark.parametrize("slug", import_all_rules())
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


@pytest.mark.parametrize("slug", RULES)
def test_every_rule_has_two_good_and_two_bad_cases(slug):
    module = RULES[slug]
    assert len(module.GOOD) >= 2
    assert len(module.BAD) >= 2
    assert module.__doc__
    assert slug == module.__name__.rpartition(".")[2].replace("_", "-")


@pytest.mark.parametrize("slug", RULES)
def test_every_code_of_a_rule_has_a_bad_case(slug):
    module = RULES[slug]
    shown = {code for case in module.BAD for code in (case.codes or module.RULE.codes[:1])}
    assert set(module.RULE.codes) <= shown


def test_hits_of_cases_are_documents():
    assert json.loads(document('{"Effect": "Allow"}'))["Version"] == "2012-10-17"
