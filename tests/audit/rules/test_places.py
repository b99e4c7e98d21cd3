"""Pointers lead to what they name, however a policy is written."""

from __future__ import annotations

import json
from itertools import product

import pytest

from iamglue.audit.access.statement_location import StatementLocation, statement_values
from iamglue.model.account import AttachedPolicy
from iamglue.policy.document import read_policy

FORMS = ("s3:GetObject", ["s3:GetObject"], ["s3:Put*", "s3:GetObject"], ["s3:*", "s3:GetObject"], "s3:*")


def said(action, **more):
    return {"Effect": "Allow", "Action": action, "Resource": "*", **more}


def pointed(text, number, element="Action"):
    policy = AttachedPolicy("p", text, read_policy(text, "p.json"))
    found = statement_values([StatementLocation(policy, number)], "s3:GetObject", element)
    value = json.loads(text)
    for step in found.span.pointer.split("/")[1:]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


@pytest.mark.parametrize(("one", "other"), list(product(FORMS, FORMS)))
@pytest.mark.parametrize("number", [0, 1])
def test_the_first_action_that_matches_is_pointed_to(one, other, number):
    text = json.dumps({"Version": "2012-10-17", "Statement": [said(one), said(other)]})
    form = (one, other)[number]
    expected = form if isinstance(form, str) else next(each for each in form if each != "s3:Put*")
    assert pointed(text, number) == expected


@pytest.mark.parametrize("form", FORMS)
def test_a_statement_in_no_list_is_pointed_into(form):
    expected = form if isinstance(form, str) else next(each for each in form if each != "s3:Put*")
    assert pointed(json.dumps({"Statement": said(form)}), 0) == expected


def test_words_like_a_key_lead_nowhere_else():
    odd = said("s3:GetObject", Sid="Action", Condition={"StringEquals": {"Action": "x", "aws:a": '"Action": ["'}})
    assert pointed(json.dumps({"Statement": [odd, said(["s3:GetObject"])]}), 1) == "s3:GetObject"
    assert pointed(json.dumps({"Statement": [odd, said(["s3:GetObject"])]}), 0) == "s3:GetObject"


def test_a_resource_is_pointed_to_as_it_is_written():
    both = [said("s3:GetObject"), said("s3:GetObject", Resource=["*"])]
    assert [pointed(json.dumps({"Statement": both}), number, "Resource") for number in (0, 1)] == ["*", "*"]
