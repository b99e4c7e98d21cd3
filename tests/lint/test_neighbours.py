"""What a rule says of a statement it says whatever stands before it: odd statements are passed over."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import pytest
from lint.expected import cases, document, said

from iamglue.lint.rule_table import RULES
from iamglue.policy.parsed_policy import PolicyType

ODD = (
    {},
    {"Effect": "Maybe", "Action": None, "Resource": [], "Principal": [], "Condition": []},
    {
        "Effect": "Allow",
        "Action": [{}],
        "Resource": 1,
        "Condition": {"Nonsense": {"x": {}}, "StringLike": 1, "Bool": {}},
    },
    {
        "Effect": "Deny",
        "Action": "odd:Thing",
        "Resource": "arn:aws:odd:::thing",
        "Principal": {"AWS": "999999999999"},
        "Condition": {
            "Null": {"odd:key": "false"},
            "ForAllValues:StringNotEqualsIfExists": {"odd:key": ["${odd:other}", "a?"]},
            "StringLike": {"odd:key": "b*"},
        },
    },
    {"Effect": "Deny", "NotAction": "*", "NotResource": "*", "NotPrincipal": "*"},
)
# They look at the size of a policy, or for what is nowhere in it.
WHOLE = {"control-policy-size", "policy-size", "rcp-missing-related-condition-key"}
FIRST = '"Statement": [{'
CASES = [
    pytest.param(slug, case, id=f"{slug}-{at}")
    for slug in RULES
    if slug not in WHOLE
    for at, case in enumerate(cases(slug))
    if document(case.text).count(FIRST) == 1
]


@pytest.mark.parametrize(("slug", "case"), CASES)
@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_statements_before_others_change_nothing_for_them(slug, case, odd):
    longer = document(case.text).replace(FIRST, f'"Statement": [{json.dumps(odd)}, {{')
    assert _of(slug, replace(case, text=longer), 1) == _alone(slug, case)


CONDITION = '"Condition": {"'
ODD_CONDITIONS = (
    '"Nonsense": {"odd:key": ["a", "b"]}, "BinaryEquals": {"odd:bits": "YQ=="}',
    '"NumericLessThan": {"odd:count": "7"}, "ForAnyValue:StringLike": {"odd:names": ["a", "b*"]}',
)
# To these, any condition may be one that narrows the access.
NARROWED = {"broad-access", "ineffective-statement", "privilege-escalation"}
CONDITIONAL = [
    each for each in CASES if document(each.values[1].text).count(CONDITION) == 1 and each.values[0] not in NARROWED
]


@pytest.mark.parametrize(("slug", "case"), CONDITIONAL)
@pytest.mark.parametrize("odd", ODD_CONDITIONS, ids=range(len(ODD_CONDITIONS)))
def test_odd_conditions_before_others_change_nothing_for_them(slug, case, odd):
    longer = document(case.text).replace(CONDITION, f'"Condition": {{{odd}, "')
    found = [
        each for each in _of(slug, replace(case, text=longer), 0) if "odd:" not in each[1] and "Nonsense" not in each[1]
    ]
    assert found == _alone(slug, case)


@cache
def _alone(slug, case):
    """What is said of a case's own statements."""
    return _of(slug, case, 0)


def _of(slug, case, first):
    """What is said of the statements from the first on, with their numbers from there."""
    return [
        (each.get("code"), each["message"], each.get("help"), int(number) - first, rest)
        for each in said(slug, case)
        for _, element, number, *rest in [(*each.get("pointer", "").split("/"), "", "")]
        if element == "Statement" and number.isdigit() and int(number) >= first
    ]


def test_there_are_cases_of_every_type():
    assert {case.values[1].type for case in CASES} == set(PolicyType)
