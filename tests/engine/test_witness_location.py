"""Witnesses in the caller's account and Region."""

import pytest

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import access_of_statement
from iamglue.engine.solve.proof import prove_empty
from iamglue.engine.solve.witness_location import (
    AccountRegion,
    find_local_witness,
    foreign_account,
    most_named_location,
)
from iamglue.policy.model import Policy, allow_statement

HOME = AccountRegion("123456789012", "eu-west-1")
OWN_QUEUE = "arn:aws:sqs:eu-west-1:123456789012:jobs"


def access(*resources):
    return access_of_statement(allow_statement(("sqs:SendMessage",), resources))


def witness_resource(new, *old):
    difference = access(new) - access(*old)
    return find_local_witness(difference, prove_empty(difference).witness, HOME).resource


@pytest.mark.parametrize("pattern", ["*", "arn:aws:sqs:*:*:*", "arn:aws:*:*:*:jobs", "arn:aws:sqs:eu-west-1:*:jo*"])
def test_a_request_is_in_the_account_and_region_where_the_policy_allows_it(pattern):
    assert witness_resource(pattern).startswith("arn:aws:sqs:eu-west-1:123456789012:")


def test_the_witness_may_be_in_another_region_of_the_account():
    assert witness_resource("arn:aws:sqs:*:*:jobs", OWN_QUEUE) == "arn:aws:sqs:us-east-1:123456789012:jobs"


def test_the_witness_may_be_another_queue_of_the_account():
    resource = witness_resource("arn:aws:sqs:*:*:jobs*", "arn:aws:sqs:*:123456789012:jobs")
    assert resource.startswith("arn:aws:sqs:eu-west-1:123456789012:jobs")


def test_the_witness_is_in_another_account_only_if_the_account_has_none():
    resource = witness_resource("arn:aws:sqs:*:*:jobs", "arn:aws:sqs:*:123456789012:jobs", "arn:aws:sqs:*::jobs")
    assert foreign_account(Request("sqs:SendMessage", resource), HOME)


@pytest.mark.parametrize(
    ("resource", "account"),
    [
        (OWN_QUEUE, None),
        ("arn:aws:s3:::images", None),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", None),
        ("*", None),
        ("arn:aws:sqs:eu-west-1:999999999999:jobs", "999999999999"),
    ],
)
def test_a_foreign_account_has_another_account_id(resource, account):
    assert foreign_account(Request("sqs:SendMessage", resource), HOME) == account


def test_the_location_is_the_most_named_account_and_region():
    policy = Policy(
        (allow_statement(("sqs:*",), (OWN_QUEUE, f"{OWN_QUEUE}-dead", "arn:aws:sqs:us-east-1:999999999999:jobs", "*")),)
    )
    assert most_named_location([policy]) == HOME
    assert most_named_location([Policy((allow_statement(("sqs:*",), ("*",)),))]) == AccountRegion("", "")
