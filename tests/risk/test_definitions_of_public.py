"""Block Public Access follows the words of S3's page, `--trust` the algebra: they differ where the page demands it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.floors import counts, floor

from iamglue.engine.evaluate.public_bucket_policies import is_public_bucket_policy
from iamglue.policy.conditions import build_condition
from iamglue.policy.model import Effect, MatchList, Policy, Principal, Principals, Statement
from iamglue.policy.patterns.wildcards import has_wildcard
from iamglue.policy.trust_zone import parse_trust_zone
from iamglue.risk.external_access import ANYONE, ExternalAccessKind, find_external_access

ZONE = parse_trust_zone(("999999999999",))
PRINCIPALS = [
    Principal("AWS", "*"),
    Principal("AWS", "111122223333"),
    Principal("AWS", "arn:aws:iam::111122223333:role/r"),
    Principal("Service", "logging.s3.amazonaws.com"),
    Principal("Federated", "graph.facebook.com"),
]
VALUES = {
    "aws:SourceArn": [
        "arn:aws:s3:::inventory",
        "arn:aws:sns:*:111122223333:*",
        "arn:aws:s3:*:*:*",
        "arn:aws:s3:::b*",
        "*",
    ],
    "aws:SourceAccount": ["111122223333", "1111*"],
    "aws:PrincipalOrgID": ["o-a1b2c3d4e5", "o-*"],
    "aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/*", "o-a1b2c3d4e5/r-ab12/"],
    "aws:SourceVpc": ["vpc-1a2b3c4d", "vpc-*"],
    "aws:userid": ["AROAEXAMPLE:*", "AIDAEXAMPLE", "*:x"],
    "aws:PrincipalArn": ["arn:aws:iam::111122223333:role/*", "arn:aws:iam::*:role/x"],
    "s3:DataAccessPointArn": ["arn:aws:s3:*:111122223333:accesspoint/*"],
    "s3:DataAccessPointAccount": ["111122223333"],
    "aws:Referer": ["https://example.com/*"],
    "aws:PrincipalTag/team": ["a"],
}
TEXT_OPERATORS = ["StringEquals", "StringLike", "ArnLike", "StringEqualsIfExists", "StringNotEquals", "StringNotLike"]
CONDITIONS = [
    None,
    *(
        build_condition(name, key, value)
        for key, values in VALUES.items()
        for value in values
        for name in TEXT_OPERATORS
    ),
    *(
        build_condition(name, "aws:SourceIp", value)
        for name in ("IpAddress", "NotIpAddress", "IpAddressIfExists")
        for value in ("203.0.113.0/24", "10.0.0.0/8", "0.0.0.0/1", "2001:db8::/32", "2000::/3", "::/0")
    ),
    *(build_condition("Bool", key, "true") for key in ("aws:PrincipalIsAWSService", "aws:SecureTransport")),
]


def policy_of(principal, condition):
    statement = Statement(
        Effect.ALLOW,
        MatchList(("s3:GetObject",)),
        MatchList(("arn:aws:s3:::amzn-s3-demo-bucket/*",)),
        () if condition is None else (condition,),
        Principals((principal,)),
    )
    return Policy((statement,))


def kinds_for_anyone(policy):
    return {grant.kind for grant in find_external_access(policy, ZONE) if grant.grantee == ANYONE}


@floor(0.1)
@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PRINCIPALS), st.sampled_from(CONDITIONS))
def test_what_s3_does_not_consider_public_the_algebra_does_not_either(principal, condition):
    policy = policy_of(principal, condition)
    if counts(is_public_bucket_policy(policy) is False):
        assert ExternalAccessKind.PUBLIC not in kinds_for_anyone(policy)


@floor(0.1)
@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PRINCIPALS), st.sampled_from(CONDITIONS))
def test_what_s3_considers_public_is_public_or_unknown_unless_a_wildcard_is_a_character(principal, condition):
    """S3's page counts every value with a wildcard; under StringEquals, `*` is a character that no caller's key has."""
    policy = policy_of(principal, condition)
    is_character = condition and condition.operator.base == "StringEquals" and has_wildcard(condition.values[0])
    # Who calls with a token of an identity provider has no aws:PrincipalArn.
    is_for_nobody = condition and principal.kind == "Federated" and condition.key == "aws:PrincipalArn"
    if counts(is_public_bucket_policy(policy) and not is_character and not is_for_nobody):
        assert kinds_for_anyone(policy) & {ExternalAccessKind.PUBLIC, ExternalAccessKind.UNKNOWN}


@pytest.mark.parametrize(
    ("operator", "key", "value", "by_page", "by_algebra"),
    [
        ("StringEquals", "aws:SourceVpc", "vpc-*", True, False),  # a value with a wildcard is not fixed
        ("StringLike", "aws:userid", "AROAEXAMPLE:*", None, False),  # "outside the pattern AROLEID:*"
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/*", None, False),  # no paths on S3's page
    ],
)
def test_the_page_differs_from_the_algebra_in_these_values(operator, key, value, by_page, by_algebra):
    policy = policy_of(PRINCIPALS[0], build_condition(operator, key, value))
    assert is_public_bucket_policy(policy) is by_page
    assert (ExternalAccessKind.PUBLIC in kinds_for_anyone(policy)) is by_algebra


def test_an_arn_without_a_wildcard_is_fixed_even_without_an_account():
    policy = policy_of(PRINCIPALS[0], build_condition("StringEquals", "aws:SourceArn", "arn:aws:s3:::inventory"))
    assert is_public_bucket_policy(policy) is False
    assert ExternalAccessKind.PUBLIC not in kinds_for_anyone(policy)
