"""What a rule says of a statement it says whatever stands before it: odd statements are passed over."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from rules.expected import cases, document, said

from iamglue.rules.table import RULES
from iamglue.subjects.written_policy import PolicyType

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
WHOLE = {"control-policy-size", "policy-size", "rcp-without-service-guard"}
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
    assert _of(slug, replace(case, text=longer), 1) == _of(slug, case, 0)


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
