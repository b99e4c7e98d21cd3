"""Witnesses in the account and Region of whoever asks."""

import pytest

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import access_of
from iamglue.engine.solve.proof import prove_empty
from iamglue.engine.solve.witness_location import (
    AccountRegion,
    find_local_witness,
    foreign_account,
    most_named_location,
)
from iamglue.policy.model import Policy, allow_statement

HOME = AccountRegion("123456789012", "eu-west-1")
OWN = "arn:aws:sqs:eu-west-1:123456789012:jobs"


def access(*resources):
    return access_of([Policy((allow_statement(("sqs:SendMessage",), resources),))])


def shown(new, *old):
    more = access(new) - access(*old)
    return find_local_witness(more, prove_empty(more).witness, HOME).resource


@pytest.mark.parametrize("pattern", ["*", "arn:aws:sqs:*:*:*", "arn:aws:*:*:*:jobs", "arn:aws:sqs:eu-west-1:*:jo*"])
def test_a_request_is_in_the_account_and_region_where_the_policy_allows_it(pattern):
    assert shown(pattern).startswith("arn:aws:sqs:eu-west-1:123456789012:")


def test_where_the_account_s_own_resource_is_needed_the_witness_is_its_in_another_region():
    assert shown("arn:aws:sqs:*:*:jobs", OWN) == "arn:aws:sqs:us-east-1:123456789012:jobs"


def test_where_one_queue_of_every_region_is_needed_the_witness_is_another_queue_of_the_account():
    found = shown("arn:aws:sqs:*:*:jobs*", "arn:aws:sqs:*:123456789012:jobs")
    assert found.startswith("arn:aws:sqs:eu-west-1:123456789012:jobs")


def test_only_where_no_resource_of_the_account_is_in_the_access_is_the_witness_elsewhere():
    found = shown("arn:aws:sqs:*:*:jobs", "arn:aws:sqs:*:123456789012:jobs", "arn:aws:sqs:*::jobs")
    assert foreign_account(Request("sqs:SendMessage", found), HOME)


@pytest.mark.parametrize(
    ("resource", "account"),
    [
        (OWN, None),
        ("arn:aws:s3:::images", None),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", None),
        ("*", None),
        ("arn:aws:sqs:eu-west-1:999999999999:jobs", "999999999999"),
    ],
)
def test_another_account_is_one_with_a_number_that_is_not_one_s_own(resource, account):
    assert foreign_account(Request("sqs:SendMessage", resource), HOME) == account


def test_policies_are_at_home_in_the_account_and_region_that_they_name_most():
    policy = Policy(
        (allow_statement(("sqs:*",), (OWN, f"{OWN}-dead", "arn:aws:sqs:us-east-1:999999999999:jobs", "*")),)
    )
    assert most_named_location([policy]) == HOME
    assert most_named_location([Policy((allow_statement(("sqs:*",), ("*",)),))]) == AccountRegion("", "")
