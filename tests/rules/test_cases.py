"""Every rule's own cases: the bad ones are found, the good ones are not, and fixes do what they say."""

from __future__ import annotations

import json

import pytest

from iamglue.iam.document import read_nodes
from iamglue.iam.edits import applied
from iamglue.rules.rule import Case
from iamglue.rules.table import RULES
from iamglue.subjects.written_policy import Settings, WrittenPolicy


def document(text: str) -> str:
    """The document of a case: a statement is put into one."""
    if text.lstrip().startswith("{") and '"Statement"' not in text and '"Effect"' in text:
        return f'{{"Version": "2012-10-17", "Statement": [{text}]}}'
    return text


def written(case: Case, text: str) -> WrittenPolicy:
    path = "policy.json" if text.lstrip()[:1] in ("{", "[") else "policy.yaml"
    node = read_nodes(text, path).documents[0]
    return WrittenPolicy(node, case.type, resource_type=case.resource_type, settings=Settings(case.values))


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
    fixed = applied(text, {edit for hit in hits if hit.fix for edit in hit.fix.edits})
    assert fixed == document(case.fixed)


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
