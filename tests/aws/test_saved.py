"""An account as a file is the account again."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.rows import every_row

from iamglue.aws.saved_account import account_text, is_saved_account, read_account
from iamglue.errors import IamglueError
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import (
    Account,
    AttachedPolicy,
    DeployedFunction,
    EventSourceMapping,
    FunctionResourcePolicy,
    FunctionUrl,
    Role,
)
from iamglue.readers.api_documents import parse_attached_policy

texts = st.text(max_size=8)
maybe = st.none() | texts
pairs = st.lists(st.tuples(texts, texts), max_size=2).map(tuple)
documents = st.sampled_from(
    [
        "",
        "{",
        "null",
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}',
        '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}',
        '{"Statement": [{"Effect": "Deny", "NotAction": "iam:Get*", "Resource": "*", "Sid": "\\u00e9\\ud83d"}]}',
    ]
)
policies = st.builds(parse_attached_policy, texts, documents, maybe)


def several(values):
    return st.lists(values, max_size=2).map(tuple)


sources = st.builds(
    EventSourceMapping, texts, texts, st.booleans(), maybe, several(texts), several(texts), maybe, authentication=pairs
)
functions = st.builds(
    DeployedFunction,
    name=texts,
    arn=texts,
    role_arn=texts,
    runtime=maybe,
    environment=several(texts),
    key_arn=maybe,
    in_vpc=st.booleans(),
    tracing=st.booleans(),
    log_group=maybe,
    dead_letter=maybe,
    on_success=maybe,
    on_failure=maybe,
    layers=several(texts),
    file_systems=several(texts),
    durable=st.booleans(),
    durable_key=maybe,
    event_sources=several(sources),
    permissions=several(st.builds(FunctionResourcePolicy, policies, texts)),
    urls=several(st.builds(FunctionUrl, texts, texts)),
    tags=pairs,
)
roles = st.builds(
    Role,
    name=texts,
    arn=texts,
    trust=policies,
    policies=several(policies),
    boundary=st.none() | policies,
    path=texts,
    tags=pairs,
    created=maybe,
    last_used=maybe,
)
gaps = st.builds(NotEvaluated, st.sampled_from(NotEvaluatedKind), st.builds(Subject, texts, texts, maybe), texts, texts)
levels = st.none() | several(several(policies))
accounts = st.builds(
    Account,
    id=texts,
    functions=several(functions),
    roles=several(roles),
    scps=levels,
    rcps=levels,
    resource_policies=several(st.tuples(texts, policies)),
    organization=maybe,
    partition=texts,
    collected=maybe,
    source=texts,
    gaps=several(gaps),
)


@settings(max_examples=60)
@given(accounts)
def test_an_account_that_is_written_and_read_is_the_same(account):
    assert read_account(account_text(account), "saved.json") == account


@settings(max_examples=30)
@given(accounts)
def test_the_text_is_one_line_of_plain_ascii_that_any_reader_takes(account):
    text = account_text(account)
    assert text.isascii()
    assert text.strip("\n").isprintable()
    assert is_saved_account(text)
    assert is_saved_account(json.dumps(json.loads(text), indent=2))


def test_a_policy_that_many_roles_have_is_written_once():
    shared = parse_attached_policy("shared", '{"Statement": []}')
    account = Account("1", roles=tuple(Role(f"r{n}", f"arn:{n}", shared, (shared,)) for n in range(50)))
    assert account_text(account).count("Statement") == 1


def test_a_policy_that_many_roles_have_is_one_value_in_memory():
    document = '{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
    account = Account("1", roles=tuple(Role(f"r{n}", "", parse_attached_policy("p", document)) for n in range(2)))
    first, second = read_account(account_text(account), "saved.json").roles
    assert first.trust.policy is second.trust.policy is not None


def test_an_export_of_awss_is_not_taken_for_one():
    assert not is_saved_account('{"UserDetailList": [], "RoleDetailList": []}')


GOOD = {"version": 1, "account": {"id": "1"}, "documents": ["{}"]}
ROLE = {"name": "r", "arn": "a", "trust": {"name": "t", "document": 0}}


def with_role(**changes):
    return {**GOOD, "account": {"id": "1", "roles": [{**ROLE, **changes}]}}


@every_row(
    "data, told",
    [
        ([], "expected the keys"),
        ({**GOOD, "more": 1}, "expected the keys"),
        ({**GOOD, "version": 2}, "at /version: expected 1"),
        ({**GOOD, "version": True}, "at /version"),
        ({**GOOD, "documents": [1]}, "at /documents"),
        ({**GOOD, "account": []}, "at /account: expected a mapping"),
        ({**GOOD, "account": {}}, "at /account: expected a value for id"),
        ({**GOOD, "account": {"id": 1}}, "at /account/id: expected a string"),
        ({**GOOD, "account": {"id": "1", "token": "x"}}, "at /account/token: unknown key"),
        ({**GOOD, "account": {"id": "1", "roles": {}}}, "at /account/roles: expected a list"),
        (with_role(tags=[["a"]]), "at /account/roles/0/tags/0: expected a list of 2"),
        (with_role(trust={"name": "t", "document": 1}), "at /account/roles/0/trust/document"),
        (with_role(trust={"name": "t", "document": True}), "at /account/roles/0/trust/document"),
        (with_role(trust={"name": "t", "document": -1}), "at /account/roles/0/trust/document"),
        (with_role(trust=None), "at /account/roles/0/trust: expected a mapping"),
        (
            {**GOOD, "account": {"id": "1", "gaps": [{"kind": "x", "subject": {}, "what": "", "reason": ""}]}},
            "at /account/gaps/0/kind: expected one of failed, undecidable",
        ),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(data, told):
    with pytest.raises(IamglueError) as caught:
        read_account(json.dumps(data), "saved.json")
    assert told in str(caught.value)
    assert str(caught.value).startswith("saved.json: ")


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"version": 1'])
def test_what_is_no_json_is_told(text):
    with pytest.raises(IamglueError, match="not JSON"):
        read_account(text, "saved.json")


def test_a_policy_that_could_not_be_read_stays_so():
    account = Account("1", roles=(Role("r", "a", AttachedPolicy("t", "", None)),))
    assert read_account(account_text(account), "saved.json") == account
