"""Policies tidied: statements put together, and without what the rest of a policy covers."""

from __future__ import annotations

from iamglue.engine.compact.compaction import deduplicate_policy
from iamglue.policy.conditions import build_condition
from iamglue.policy.model import VERSION_2008, Effect, MatchList, Policy, Principal, Statement, allow_statement


def of(*actions: str, resources=("*",), **kwargs) -> Statement:
    return allow_statement(actions, resources, **kwargs)


def deny(*actions: str, resources=("*",)) -> Statement:
    return Statement(Effect.DENY, MatchList(actions), MatchList(resources))


def test_statements_equal_but_for_resources_become_one():
    policy = Policy((of("s3:GetObject", resources=("arn:aws:s3:::a/*",)), of("s3:getobject", resources=("b",))))
    (found,) = deduplicate_policy(policy).statements
    assert set(found.resources.values) == {"arn:aws:s3:::a/*", "b"}


def test_statements_of_different_conditions_stay_apart():
    one, other = (
        of("s3:GetObject", conditions=(build_condition("Bool", "aws:SecureTransport", v),)) for v in ("true", "false")
    )
    assert len(deduplicate_policy(Policy((one, other))).statements) == 2


def test_statements_with_not_resource_are_not_joined():
    one, other = (
        Statement(Effect.ALLOW, MatchList(("s3:*",)), MatchList((f"arn:aws:s3:::{name}/*",), negated=True))
        for name in "ab"
    )
    assert len(deduplicate_policy(Policy((one, other))).statements) == 2


def test_a_merged_statement_says_in_its_sid_how_many_it_holds():
    policy = Policy(tuple(of(f"sqs:{name}", sid=name) for name in ("GetQueueUrl", "ListQueues", "SendMessage")))
    assert [each.sid for each in deduplicate_policy(policy).statements] == ["GetQueueUrlAnd2More"]


def test_a_merged_statement_takes_no_other_statements_sid():
    other = of("sqs:SendMessage", resources=("arn:aws:sqs:*:*:q",), sid="AAnd1More")
    policy = Policy((of("sqs:GetQueueUrl", sid="A"), of("sqs:ListQueues", sid="B"), other))
    sids = [each.sid for each in deduplicate_policy(policy).statements]
    assert sids == ["A", "AAnd1More"]


def test_an_allow_does_not_cover_a_deny():
    policy = Policy((of("s3:*"), deny("s3:GetObject")))
    assert deduplicate_policy(policy) == policy


def test_a_narrower_condition_is_covered_by_a_wider_one():
    wide = of("s3:GetObject", conditions=(build_condition("StringLike", "aws:PrincipalTag/team", "a*"),))
    narrow = of("s3:GetObject", conditions=(build_condition("StringEquals", "aws:PrincipalTag/team", "ab"),))
    assert deduplicate_policy(Policy((narrow, wide))).statements == (wide,)


def test_what_grants_nothing_by_the_catalogue_is_not_dropped_for_that():
    policy = Policy((of("s3:GetObject", resources=("arn:aws:s3:::b", "arn:aws:s3:::b/*")),))
    assert deduplicate_policy(policy) == policy


def test_an_action_is_dropped_where_another_statement_has_it_on_more():
    wide = of("s3:GetObject", resources=("arn:aws:s3:::*",))
    narrow = of("s3:GetObject", "s3:PutObject", resources=("arn:aws:s3:::b/*",))
    assert of("s3:PutObject", resources=("arn:aws:s3:::b/*",)) in deduplicate_policy(Policy((narrow, wide))).statements


def test_not_action_covers_what_it_does_not_name():
    wide = Statement(Effect.ALLOW, MatchList(("iam:*",), negated=True), MatchList(("*",)))
    policy = Policy((of("s3:GetObject", "iam:PassRole"), wide))
    assert deduplicate_policy(policy).statements == (of("iam:PassRole"), wide)


def test_before_2012_a_dollar_sign_is_no_variable():
    resources = ("arn:aws:s3:::${aws:username}/a", "arn:aws:s3:::${*}/a", "arn:aws:s3:::*/a")
    policy = Policy((of("s3:GetObject", resources=resources),), VERSION_2008)
    assert set(deduplicate_policy(policy).statements[0].resources.values) == set(resources)


def test_principals_are_put_together():
    role, user = Principal("AWS", "arn:aws:iam::111122223333:role/r"), Principal("Service", "lambda.amazonaws.com")
    policy = Policy(tuple(allow_statement(("sts:AssumeRole",), None, principals=(each,)) for each in (role, user)))
    (found,) = deduplicate_policy(policy).statements
    assert set(found.principals.values) == {role, user}


def test_thousands_of_statements_are_put_together_without_comparing_each_with_each():
    """In a time that a test can bear; nothing is lost of them."""
    each = tuple(of(f"sqs:Get*{at}", resources=(f"arn:aws:sqs:*:*:q{at}",)) for at in range(3000))
    assert deduplicate_policy(Policy(each)).statements == each
