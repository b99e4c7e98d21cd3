"""Policies from plain data are those that the reader with places gives."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.policy_strategies import POLICIES

from iamglue.catalog.managed_policies import find_managed_policy, managed_policy_names
from iamglue.errors import IamglueError
from iamglue.policy.document import policy_data, read_policy
from iamglue.policy.plain_data import policy_from_data

STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
# Words of the language in places where they belong and where they do not, and values of every type.
WORDS = st.sampled_from(
    [
        "Version", "Id", "Statement", "Sid", "Effect", "Principal", "NotPrincipal",
        "Action", "NotAction", "Resource", "NotResource", "Condition", "AWS", "Service",
        "Allow", "Deny", "allow", "*", "2012-10-17", "2008-10-17", "s3:GetObject",
        "StringEquals", "stringequals", "Bool", "aws:SourceIp", "x",
    ]
)  # fmt: skip
SCALARS = st.one_of(WORDS, st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=3))
DATA = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5), max_leaves=8
)


def by_nodes(data):
    try:
        return read_policy(json.dumps(data), "document.json")
    except IamglueError:
        return None


@given(POLICIES)
def test_a_sound_policy_is_read_as_with_places(policy):
    data = json.loads(json.dumps(policy_data(policy)))
    assert policy_from_data(data) == by_nodes(data)


@given(DATA)
def test_whatever_data_it_is_the_answer_is_that_of_the_reader_with_places_or_none(data):
    assert policy_from_data(data) in (None, by_nodes(data))


@given(st.dictionaries(WORDS, DATA, max_size=4))
def test_a_statement_with_anything_in_it_is_read_as_with_places_or_not_at_all(more):
    data = {"Version": "2012-10-17", "Statement": [STATEMENT | more]}
    assert policy_from_data(data) in (None, by_nodes(data))


@pytest.mark.parametrize("name", sorted(managed_policy_names())[::40])
def test_a_policy_of_aws_is_read_as_with_places(name):
    found = find_managed_policy(name).document
    assert policy_from_data(found) == by_nodes(found)


@pytest.mark.parametrize(
    "given_",
    [
        STATEMENT | {"Condition": {"NumericLessThan": {"s3:max-keys": 10}, "Bool": {"aws:SecureTransport": False}}},
        STATEMENT | {"Condition": {}},
        STATEMENT | {"Action": ["*", "s3:*"], "Resource": []},
        {"Effect": "Deny", "NotAction": "iam:*", "NotResource": ["*"], "Sid": "x"},
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"},
        {"Effect": "Allow", "Action": "sts:AssumeRole", "NotPrincipal": {"AWS": ["1"], "Service": "a.b"}},
    ],
)
def test_what_people_write_is_read_the_fast_way(given_):
    data = {"Statement": given_}
    assert policy_from_data(data) is not None
    assert policy_from_data(data) == by_nodes(data)


@pytest.mark.parametrize(
    "data",
    [
        {"Statement": [STATEMENT | {"Condition": {"StringEquals": {"a": "1"}, "stringequals": {"a": "2"}}}]},
        {"Statement": [STATEMENT | {"NotAction": "s3:*"}]},
        {"Statement": [STATEMENT | {"Principle": "*"}]},
        {"Statement": [{"Effect": "Allow", "Action": "s3:*"}]},
        {"Version": None, "Statement": []},
        {"Version": "2012-10-17"},
        [],
    ],
)
def test_what_the_reader_with_places_refuses_is_refused(data):
    assert by_nodes(data) is None
    assert policy_from_data(data) is None
