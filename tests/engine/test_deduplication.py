"""Deduplication: merged statements, and removal of what the rest of a policy covers."""

from __future__ import annotations

from iamglue.engine.compact.compaction import deduplicate_policy
from iamglue.policy.conditions import build_condition
from iamglue.policy.model import VERSION_2008, Effect, MatchList, Policy, Principal, Statement, allow_statement


def of(*actions: str, resources=("*",), **kwargs) -> Statement:
    return allow_statement(actions, resources, **kwargs)


def deny(*actions: str, resources=("*",)) -> Statement:
    return Statement(Effect.DENY, MatchList(actions), MatchList(resources))


def test_statements_that_differ_only_in_resources_are_merged():
    policy = Policy((of("s3:GetObject", resources=("arn:aws:s3:::a/*",)), of("s3:getobject", resources=("b",))))
    (merged,) = deduplicate_policy(policy).statements
    assert set(merged.resources.values) == {"arn:aws:s3:::a/*", "b"}


def test_statements_with_different_conditions_are_not_merged():
    first, second = (
        of("s3:GetObject", conditions=(build_condition("Bool", "aws:SecureTransport", v),)) for v in ("true", "false")
    )
    assert len(deduplicate_policy(Policy((first, second))).statements) == 2


def test_statements_with_not_resource_are_not_merged():
    first, second = (
        Statement(Effect.ALLOW, MatchList(("s3:*",)), MatchList((f"arn:aws:s3:::{name}/*",), negated=True))
        for name in "ab"
    )
    assert len(deduplicate_policy(Policy((first, second))).statements) == 2


def test_the_sid_of_a_merged_statement_has_the_number_of_others():
    policy = Policy(tuple(of(f"sqs:{name}", sid=name) for name in ("GetQueueUrl", "ListQueues", "SendMessage")))
    assert [statement.sid for statement in deduplicate_policy(policy).statements] == ["GetQueueUrlAnd2More"]


def test_a_merged_statement_does_not_use_another_statements_sid():
    second = of("sqs:SendMessage", resources=("arn:aws:sqs:*:*:q",), sid="AAnd1More")
    policy = Policy((of("sqs:GetQueueUrl", sid="A"), of("sqs:ListQueues", sid="B"), second))
    sids = [statement.sid for statement in deduplicate_policy(policy).statements]
    assert sids == ["A", "AAnd1More"]


def test_an_allow_does_not_cover_a_deny():
    policy = Policy((of("s3:*"), deny("s3:GetObject")))
    assert deduplicate_policy(policy) == policy


def test_a_narrower_condition_is_covered_by_a_wider_one():
    wide = of("s3:GetObject", conditions=(build_condition("StringLike", "aws:PrincipalTag/team", "a*"),))
    narrow = of("s3:GetObject", conditions=(build_condition("StringEquals", "aws:PrincipalTag/team", "ab"),))
    assert deduplicate_policy(Policy((narrow, wide))).statements == (wide,)


def test_resources_without_requests_in_the_catalogue_are_retained():
    policy = Policy((of("s3:GetObject", resources=("arn:aws:s3:::b", "arn:aws:s3:::b/*")),))
    assert deduplicate_policy(policy) == policy


def test_an_action_is_removed_if_another_statement_covers_it():
    wide = of("s3:GetObject", resources=("arn:aws:s3:::*",))
    narrow = of("s3:GetObject", "s3:PutObject", resources=("arn:aws:s3:::b/*",))
    assert of("s3:PutObject", resources=("arn:aws:s3:::b/*",)) in deduplicate_policy(Policy((narrow, wide))).statements


def test_not_action_covers_actions_that_it_does_not_list():
    wide = Statement(Effect.ALLOW, MatchList(("iam:*",), negated=True), MatchList(("*",)))
    policy = Policy((of("s3:GetObject", "iam:PassRole"), wide))
    assert deduplicate_policy(policy).statements == (of("iam:PassRole"), wide)


def test_before_version_2012_there_are_no_variables():
    resources = ("arn:aws:s3:::${aws:username}/a", "arn:aws:s3:::${*}/a", "arn:aws:s3:::*/a")
    policy = Policy((of("s3:GetObject", resources=resources),), VERSION_2008)
    assert set(deduplicate_policy(policy).statements[0].resources.values) == set(resources)


def test_principals_are_merged():
    role, user = Principal("AWS", "arn:aws:iam::111122223333:role/r"), Principal("Service", "lambda.amazonaws.com")
    policy = Policy(
        tuple(allow_statement(("sts:AssumeRole",), None, principals=(statement,)) for statement in (role, user))
    )
    (merged,) = deduplicate_policy(policy).statements
    assert set(merged.principals.values) == {role, user}


def test_thousands_of_statements_are_merged_in_reasonable_time():
    """Nothing is removed, and the time does not grow with the square of the number."""
    statement = tuple(of(f"sqs:Get*{index}", resources=(f"arn:aws:sqs:*:*:q{index}",)) for index in range(3000))
    assert deduplicate_policy(Policy(statement)).statements == statement
