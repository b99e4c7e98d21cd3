"""What a rule says of a statement it says whatever stands before it: odd statements are passed over."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache

import pytest
from lint.expected import cases, document, said
from support.rows import every_row

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
CASES = {
    slug: held
    for slug in RULES
    if slug not in WHOLE and (held := [case for case in cases(slug) if document(case.text).count(FIRST) == 1])
}


@pytest.mark.parametrize("slug", CASES)
def test_odd_statements_before_others_change_nothing_for_them(slug):
    changed = [
        (case.text, odd, found)
        for case in CASES[slug]
        for odd in map(json.dumps, ODD)
        for longer in [document(case.text).replace(FIRST, f'"Statement": [{odd}, {{')]
        if (found := _of(slug, replace(case, text=longer), 1)) != _alone(slug, case)
    ]
    assert changed == []


CONDITION = '"Condition": {"'
ODD_CONDITIONS = (
    '"Nonsense": {"odd:key": ["a", "b"]}, "BinaryEquals": {"odd:bits": "YQ=="}',
    '"NumericLessThan": {"odd:count": "7"}, "ForAnyValue:StringLike": {"odd:names": ["a", "b*"]}',
)
# To these, any condition may be one that narrows the access.
NARROWED = {"broad-access", "ineffective-statement", "privilege-escalation", "public-access"}
CONDITIONAL = {
    slug: held
    for slug, all_cases in CASES.items()
    if slug not in NARROWED and (held := [case for case in all_cases if document(case.text).count(CONDITION) == 1])
}


@every_row("slug", CONDITIONAL)
def test_odd_conditions_before_others_change_nothing_for_them(slug):
    changed = [
        (case.text, odd, found)
        for case in CONDITIONAL[slug]
        for odd in ODD_CONDITIONS
        for longer in [document(case.text).replace(CONDITION, f'"Condition": {{{odd}, "')]
        if (found := _of_others(slug, replace(case, text=longer))) != _alone(slug, case)
    ]
    assert changed == []


def _of_others(slug, case):
    """What is said of a case, but of its odd conditions."""
    return [each for each in _of(slug, case, 0) if "odd:" not in each[1] and "Nonsense" not in each[1]]


@cache
def _alone(slug, case):
    """What is said of a case's own statements."""
    return _of(slug, case, 0)


def _of(slug, case, first):
    """What is said of the statements from the first on, with their numbers from there."""

    def renumbered(text):
        return re.sub(r"(?<=statement )[0-9]+", lambda number: str(int(number[0]) - first), text)

    return [
        (each.get("code"), renumbered(each["message"]), each.get("help"), int(number) - first, rest)
        for each in said(slug, case)
        for _, element, number, *rest in [(*each.get("pointer", "").split("/"), "", "")]
        if element == "Statement" and number.isdigit() and int(number) >= first
    ]


def test_there_are_cases_of_every_type():
    assert {case.type for held in CASES.values() for case in held} == set(PolicyType)
