"""Policies as text: what is written is read back equal, and equal policies give equal text."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from dataclasses import replace
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.policy_strategies import POLICIES

from iamglue.policy.conditions import build_condition
from iamglue.policy.document import canonical_policy, policy_data, policy_json, policy_size, read_policy
from iamglue.policy.model import EVERYONE, Effect, MatchList, Policy, Principal, Principals, Statement, allow_statement


@given(POLICIES)
def test_a_written_policy_is_read_back_equal(policy):
    assert read_policy(policy_json(policy), "policy.json") == canonical_policy(policy)


@given(POLICIES)
def test_compact_json_says_the_same_as_indented_json(policy):
    assert read_policy(json.dumps(policy_data(policy)), "policy.json") == canonical_policy(policy)


@given(POLICIES, st.randoms(use_true_random=False))
def test_the_order_of_lists_does_not_change_the_text(policy, random):
    def shuffled(statement):
        actions = list(statement.actions.values)
        random.shuffle(actions)
        conditions = list(statement.conditions)
        random.shuffle(conditions)
        return replace(
            statement, actions=replace(statement.actions, values=tuple(actions)), conditions=tuple(conditions)
        )

    mixed = replace(policy, statements=tuple(shuffled(statement) for statement in policy.statements))
    assert policy_json(mixed) == policy_json(policy)


@given(POLICIES)
def test_the_size_counts_no_layout(policy):
    compact = json.dumps(json.loads(policy_json(policy)), separators=(",", ":"))
    assert policy_size(policy) == len(compact)


def test_yaml_is_read_as_the_same_policy():
    from ruamel.yaml import YAML

    policy = Policy(
        (
            allow_statement(
                ("sqs:SendMessage", "s3:GetObject"),
                ("arn:aws:s3:::b/*",),
                conditions=(build_condition("StringEquals", "aws:SourceAccount", "012345678901"),),
                sid="One",
            ),
            Statement(
                Effect.DENY,
                MatchList(("*",), negated=True),
                principals=Principals((Principal("AWS", "012345678901"), Principal("Service", "a.amazonaws.com"))),
            ),
        )
    )
    text = StringIO()
    YAML(typ="safe").dump(policy_data(policy), text)
    assert read_policy(text.getvalue(), "policy.yaml") == canonical_policy(policy)


def test_account_ids_and_booleans_without_quotes_are_text_as_written_in_yaml():
    text = """
    Version: 2012-10-17
    Statement:
      Effect: Allow
      Action: sqs:SendMessage
      Principal: {AWS: 012345678901}
      Condition: {Bool: {aws:SecureTransport: true}}
    """
    statement = read_policy(text, "-").statements[0]
    assert statement.principals == Principals((Principal("AWS", "012345678901"),))
    assert statement.conditions == (build_condition("Bool", "aws:SecureTransport", "true"),)


def test_elements_are_written_in_the_order_of_the_grammar_and_lists_sorted():
    policy = Policy((allow_statement(("s3:PutObject", "s3:GetObject"), ("b", "a", "b"), sid="Objects"),))
    assert policy_data(policy) == {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Objects", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": ["a", "b"]}
        ],
    }
    assert list(policy_data(policy)["Statement"][0]) == ["Sid", "Effect", "Action", "Resource"]


def test_everyone_is_a_star_and_beside_others_a_star_of_kind_aws():
    everyone = allow_statement(("a:B",), None, principals=(EVERYONE,))
    mixed = allow_statement(("a:B",), None, principals=(EVERYONE, Principal("Service", "x")))
    assert policy_data(Policy((everyone,)))["Statement"][0]["Principal"] == "*"
    assert policy_data(Policy((mixed,)))["Statement"][0]["Principal"] == {"AWS": "*", "Service": "x"}


def test_what_no_document_can_say_is_refused():
    twice = (build_condition("StringLike", "a:b", "x*"), build_condition("StringLike", "a:b", "*y"))
    with pytest.raises(ValueError, match="StringLike on a:b is listed twice"):
        policy_data(Policy((allow_statement(("s3:GetObject",), ("*",), conditions=twice),)))


def test_every_aws_managed_policy_is_read_and_round_trips():
    from support.managed_policies import managed_documents

    assert len(managed_documents()) > 1500
    for name, document in managed_documents().items():
        policy = read_policy(json.dumps(document, indent=4), name)
        assert read_policy(policy_json(policy), name) == canonical_policy(policy), name


def test_principals_of_another_process_are_found_in_a_dictionary():
    program = (
        "import pickle, sys; from iamglue.policy.model import Principal, Principals;"
        "sys.stdout.buffer.write(pickle.dumps(Principals((Principal('AWS', '123456789012'),), True)))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "1234"}  # its hashes of texts are others
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment, check=True)
    here = Principals((Principal("AWS", "123456789012"),), negated=True)
    assert {here: "found"}.get(pickle.loads(done.stdout)) == "found"
