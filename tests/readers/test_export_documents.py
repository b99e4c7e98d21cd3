"""A policy document in an export: as a map or as percent-encoded text it is the policy that its text is."""

from __future__ import annotations

import json
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st
from support.policy_data import DATA, STATEMENT, STATEMENTS
from support.policy_strategies import POLICIES
from support.rows import every_row

from iamglue.catalog.managed_policies import find_managed_policy, managed_policy_paths
from iamglue.errors import IamglueError
from iamglue.policy.conditions import build_condition
from iamglue.policy.document import policy_data, read_policy
from iamglue.policy.model import Policy
from iamglue.readers.exports.export_documents import ExportDocument, ExportDocumentCache


def exported(document: object) -> ExportDocument:
    return ExportDocumentCache().read(document)


def as_text(data: object) -> Policy | None:
    try:
        return read_policy(json.dumps(data), "document.json")
    except IamglueError:
        return None


DOCUMENTS = st.one_of(
    DATA.filter(lambda data: not isinstance(data, str)),
    st.lists(STATEMENTS, max_size=3).map(lambda statements: {"Version": "2012-10-17", "Statement": statements}),
)


@given(POLICIES)
def test_a_valid_policy_is_read_from_data_as_from_text(policy):
    data = json.loads(json.dumps(policy_data(policy)))
    assert exported(data).policy == read_policy(json.dumps(data), "document.json")


@given(DOCUMENTS)
def test_a_document_of_any_data_is_read_from_data_as_from_text(data):
    assert exported(data).policy == as_text(data)
    assert exported(quote(json.dumps(data))).policy == as_text(data)


@given(DOCUMENTS)
def test_a_document_has_a_policy_or_a_problem(data):
    document = exported(data)
    assert (document.policy is None) is (document.problem != "")


@every_row("name", sorted(managed_policy_paths())[::40])
def test_a_policy_of_aws_is_read_from_data_as_from_text(name):
    data = find_managed_policy(name).document
    assert exported(data).policy == read_policy(json.dumps(data), "document.json")


def test_numbers_and_booleans_in_conditions_are_read_as_their_text():
    conditions = {"NumericLessThan": {"s3:max-keys": [10, 1.5]}, "Bool": {"aws:SecureTransport": False}}
    (statement,) = exported({"Statement": STATEMENT | {"Condition": conditions}}).policy.statements
    assert statement.conditions == (
        build_condition("NumericLessThan", "s3:max-keys", "10", "1.5"),
        build_condition("Bool", "aws:SecureTransport", "false"),
    )
