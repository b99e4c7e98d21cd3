"""A policy as written has a value, or problems that say why not."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from support.policy_data import DATA, STATEMENTS
from support.policy_strategies import POLICIES

from iamglue.policy.document import policy_data
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.source.json_reader import read_json


def parsed(data: object) -> ParsedPolicy:
    return ParsedPolicy(read_json(json.dumps(data), "p.json").documents[0], PolicyType.IDENTITY)


@given(POLICIES)
def test_a_valid_policy_has_a_value_of_as_many_statements_and_no_problems(policy):
    data = json.loads(json.dumps(policy_data(policy)))
    written = parsed(data)
    assert written.problems == ()
    assert policy_data(written.value) == data


@given(DATA)
def test_a_document_of_any_data_has_a_value_or_problems(data):
    written = parsed(data)
    assert (written.value is None) is (written.problems != ())


@given(st.lists(STATEMENTS, min_size=1, max_size=4))
def test_a_document_has_a_value_if_each_of_its_statements_has_one(statements):
    written = parsed({"Version": "2012-10-17", "Statement": statements})
    values = [statement.value for statement in written.statements]
    assert (written.value is None) is (None in values)
    assert written.value is None or list(written.value.statements) == values


def test_an_element_with_a_misspelled_name_is_seen_but_gives_no_value():
    written = parsed({"Statement": {"Effect": "Allow", "Actoin": "s3:GetObject", "Resource": "*"}})
    (statement,) = written.statements
    assert statement.action is not None
    assert [node.text for node in statement.action.values] == ["s3:GetObject"]
    assert statement.value is None
