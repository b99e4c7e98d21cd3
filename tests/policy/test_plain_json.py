"""Valid documents that are read without positions have the value that the reader with positions gives them."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.policy_strategies import POLICIES

from iamglue.errors import IamglueError
from iamglue.policy.document import policy_data, policy_json, read_located_policy
from iamglue.policy.plain_json import read_plain_json

STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
# What may be in the place of any key or value.
KEYS = ("Action", "NotAction", "NotResource", "NotPrincipal", "Effect", "StringLike", "stringlike", "AWS", "sid")
VALUES = (
    None,
    True,
    1,
    1.50,
    "",
    "*",
    "Allow",
    "s3:*",
    "2008-10-17",
    [],
    {},
    ["*"],
    ["*", None],
    [["*"]],
    {"AWS": "*"},
)


def _value_with_positions(text):
    with suppress(IamglueError):
        return read_located_policy(text, "p.json").policy


def _paths(data, start=()):
    """The path of every key and value."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield (*start, key)
        yield from _paths(value, (*start, key))


@given(POLICIES)
def test_every_valid_document_of_strings_is_read_without_positions(policy):
    text = policy_json(policy)
    assert read_plain_json(text) == _value_with_positions(text) is not None


@given(POLICIES, st.data())
def test_a_document_with_another_value_or_key_is_read_alike_or_not_at_all(policy, data):
    document = policy_data(policy)
    path = data.draw(st.sampled_from(list(_paths(document))))
    parent = document
    for key in path[:-1]:
        parent = parent[key]
    if isinstance(parent, dict) and data.draw(st.booleans()):
        parent[data.draw(st.sampled_from(KEYS))] = parent.pop(path[-1])
    else:
        parent[path[-1]] = data.draw(st.sampled_from(VALUES))
    text = json.dumps(document)
    plain = read_plain_json(text)
    assert plain is None or plain == _value_with_positions(text)


@given(POLICIES, st.data())
def test_a_text_with_another_character_is_read_alike_or_not_at_all(policy, data):
    text = policy_json(policy)
    at = data.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + data.draw(st.sampled_from('"\\{}[],: \n\ufeff\x00') | st.characters()) + text[at + 1 :]
    plain = read_plain_json(changed)
    assert plain is None or plain == _value_with_positions(changed)


@pytest.mark.parametrize(
    "text",
    [
        '{"Statement": [], "Statement": []}',
        '{"Statement": [], "Version": null}',
        '{"Statement": [], "Version": "2012-10-18"}',
        json.dumps({"Statement": {**STATEMENT, "NotAction": "s3:*"}}),
        json.dumps({"Statement": {**STATEMENT, "Action": "s3"}}),
        json.dumps({"Statement": {**STATEMENT, "Principal": "arn:aws:iam::123456789012:root"}}),
        json.dumps({"Statement": {**STATEMENT, "Condition": {"Bool": {"k": "a"}, "bool": {"k": "b"}}}}),
        json.dumps({"Statement": {**STATEMENT, "Condition": {"Like": {"k": "a"}}}}),
        json.dumps({"Statement": {**STATEMENT, "Sid": "a" * 1024 * 1024}}),
        '{"Statement": ' + "[" * 100_000,
    ],
)
def test_a_malformed_document_is_left_to_the_reader_with_positions(text):
    assert read_plain_json(text) is None
    assert _value_with_positions(text) is None
