"""Policy variables in resources and conditions.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import pytest
from support.rows import every_row

from iamglue.engine.evaluate.identity_evaluation import Request, evaluate
from iamglue.policy.conditions import build_condition
from iamglue.policy.model import VERSION_2008, VERSION_2012, Effect, MatchList, Policy, Statement, allow_statement

ALLOWED, DENIED, UNKNOWN = "allowed", "implicitly-denied", "unknown"
HOME = "arn:aws:s3:::home/${aws:username}/*"


def decision(statement: Statement, resource: str, version: str | None = VERSION_2012, **context: str | tuple[str, ...]):
    request_context = {f"aws:{key}": (value,) if isinstance(value, str) else value for key, value in context.items()}
    return evaluate([Policy((statement,), version)], Request("s3:GetObject", resource, request_context)).decision.value


def on(*resources: str) -> Statement:
    return allow_statement(("s3:GetObject",), resources)


@pytest.mark.parametrize(
    ("username", "resource", "expected"),
    [
        ("bob", "arn:aws:s3:::home/bob/x", ALLOWED),
        ("bob", "arn:aws:s3:::home/eve/x", DENIED),
        ("*", "arn:aws:s3:::home/bob/x", DENIED),
        ("*", "arn:aws:s3:::home/*/x", ALLOWED),
        ("???", "arn:aws:s3:::home/bob/x", DENIED),
        ("bob/x", "arn:aws:s3:::home/bob/x/y", ALLOWED),
    ],
)
def test_the_value_of_a_variable_is_literal(username, resource, expected):
    assert decision(on(HOME), resource, username=username) == expected


@pytest.mark.parametrize("version", [VERSION_2008, None])
def test_outside_version_2012_a_variable_is_text(version):
    assert decision(on(HOME), "arn:aws:s3:::home/bob/x", version, username="bob") == DENIED
    assert decision(on(HOME), "arn:aws:s3:::home/${aws:username}/x", version, username="bob") == ALLOWED


def test_outside_version_2012_an_escaped_star_is_a_star_between_braces():
    assert decision(on("arn:aws:s3:::b/${*}"), "arn:aws:s3:::b/${any}", VERSION_2008) == ALLOWED
    assert decision(on("arn:aws:s3:::b/${*}"), "arn:aws:s3:::b/${any}") == DENIED
    assert decision(on("arn:aws:s3:::b/${*}"), "arn:aws:s3:::b/*") == ALLOWED


def test_names_of_variables_are_compared_without_case():
    assert decision(on("arn:aws:s3:::home/${AWS:UserName}/*"), "arn:aws:s3:::home/bob/x", username="bob") == ALLOWED


def test_a_default_is_used_only_when_the_key_is_absent():
    statement = on("arn:aws:s3:::home/${aws:PrincipalTag/team, 'every*one'}/*")
    assert decision(statement, "arn:aws:s3:::home/every*one/x") == ALLOWED
    assert decision(statement, "arn:aws:s3:::home/every-one/x") == DENIED
    assert decision(statement, "arn:aws:s3:::home/a/x", **{"PrincipalTag/team": "a"}) == ALLOWED
    assert decision(statement, "arn:aws:s3:::home/every*one/x", **{"PrincipalTag/team": "a"}) == DENIED


def test_without_value_and_default_a_resource_matches_nothing():
    assert decision(on(HOME), "arn:aws:s3:::home/bob/x") == DENIED
    assert decision(on(HOME), "arn:aws:s3:::home//x") == DENIED
    assert decision(on(HOME, "arn:aws:s3:::home/bob/*"), "arn:aws:s3:::home/bob/x") == ALLOWED


def test_without_value_and_default_not_resource_is_undecided():
    statement = Statement(Effect.ALLOW, MatchList(("s3:GetObject",)), MatchList((HOME,), negated=True))
    assert decision(statement, "arn:aws:s3:::home/bob/x") == UNKNOWN
    assert decision(statement, "arn:aws:s3:::home/bob/x", username="eve") == ALLOWED
    assert decision(statement, "arn:aws:s3:::home/bob/x", username="bob") == DENIED


def test_a_variable_of_a_multivalued_key_is_undecided():
    assert decision(on(HOME), "arn:aws:s3:::home/bob/x", username=("bob", "eve")) == UNKNOWN
    assert decision(on(HOME), "arn:aws:s3:::elsewhere/bob/x", username=("bob", "eve")) == DENIED


def test_before_the_fifth_colon_a_variable_is_text():
    statement = on("arn:aws:s3:::${aws:username}", "arn:aws:sqs:eu-west-1:${aws:PrincipalAccount}:q")
    context = {"username": "bob", "PrincipalAccount": "123456789012"}
    assert decision(statement, "arn:aws:s3:::bob", **context) == ALLOWED
    assert decision(statement, "arn:aws:sqs:eu-west-1:123456789012:q", **context) == DENIED


def test_a_deployment_parameter_equals_itself_and_may_have_any_value():
    statement = on("arn:aws:s3:::${Bucket}/in/*")
    assert decision(statement, "arn:aws:s3:::${Bucket}/in/x") == ALLOWED
    assert decision(statement, "arn:aws:s3:::images/in/x") == UNKNOWN
    assert decision(statement, "arn:aws:s3:::images/out/x") == DENIED
    assert decision(on("${QueueArn}"), "${QueueArn}") == ALLOWED
    assert decision(on("${QueueArn}"), "arn:aws:sqs:eu-west-1:123456789012:q") == UNKNOWN


def test_a_pseudo_parameter_equals_itself_and_may_have_any_value():
    statement = on("arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:q")
    assert decision(statement, "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:q") == ALLOWED
    assert decision(statement, "arn:aws:sqs:eu-west-1:123456789012:q") == UNKNOWN
    assert decision(statement, "arn:aws:sqs:eu-west-1:123456789012:r") == DENIED


@every_row(
    "operator, policy_value, context, expected",
    [
        ("StringEquals", "${aws:username}", {"key": "bob", "username": "bob"}, ALLOWED),
        ("StringEquals", "${aws:username}", {"key": "eve", "username": "bob"}, DENIED),
        ("StringEquals", "${aws:username}", {"key": "${aws:username}", "username": "bob"}, DENIED),
        ("StringEquals", "${aws:username}", {"key": "eve"}, DENIED),
        ("StringNotEquals", "${aws:username}", {"key": "eve"}, UNKNOWN),
        ("StringNotEquals", "${aws:username}", {"key": "eve", "username": "bob"}, ALLOWED),
        ("StringNotLike", "${aws:username}", {"key": "eve"}, UNKNOWN),
        ("StringEqualsIgnoreCase", "${aws:username}", {"key": "BOB", "username": "bob"}, ALLOWED),
        ("StringLike", "${aws:username}*", {"key": "bob-1", "username": "bob"}, ALLOWED),
        ("StringLike", "${aws:username}", {"key": "bob", "username": "b*"}, DENIED),
        ("StringLike", "${aws:username, 'b*'}", {"key": "bob"}, DENIED),
        ("StringEquals", "${aws:user name}", {"key": "bob", "user name": "bob"}, UNKNOWN),
        ("StringEquals", "${Team}", {"key": "${Team}"}, ALLOWED),
        ("StringEquals", "${Team}", {"key": "bob"}, UNKNOWN),
        ("StringLike", "x-${Team}", {"key": "y-bob"}, DENIED),
        (
            "ArnLike",
            "arn:aws:iam::1:user/${aws:username}",
            {"key": "arn:aws:iam::1:user/bob", "username": "bob"},
            ALLOWED,
        ),
        ("ArnLike", "arn:aws:iam::1:user/${aws:username}", {"key": "arn:aws:iam::1:user/bob", "username": "*"}, DENIED),
        ("ArnEquals", "${aws:PrincipalArn}", {"key": "arn:a:b:c:d:e", "PrincipalArn": "arn:a:b:c:d:e"}, ALLOWED),
        ("ArnEquals", "${aws:PrincipalArn}", {"key": "arn:a:b:c:d:e", "PrincipalArn": "arn:a:b:c:d:*"}, DENIED),
        ("ArnNotEquals", "${aws:PrincipalArn}", {"key": "arn:a:b:c:d:e", "PrincipalArn": "bob"}, UNKNOWN),
        ("ArnLike", "${QueueArn}", {"key": "arn:aws:sqs:a:1:q"}, UNKNOWN),
        ("ArnLike", "${QueueArn}", {"key": "${QueueArn}"}, ALLOWED),
        ("NumericEquals", "${aws:age}", {"key": "5", "age": "5"}, DENIED),
        ("IpAddress", "${aws:home}", {"key": "10.0.0.1", "home": "10.0.0.1"}, DENIED),
    ],
)
def test_variables_in_conditions_work_for_string_and_arn_operators_only(operator, policy_value, context, expected):
    statement = allow_statement(
        ("s3:GetObject",), ("*",), conditions=(build_condition(operator, "aws:Key", policy_value),)
    )
    assert decision(statement, "arn:aws:s3:::b/x", **context) == expected


def test_outside_version_2012_a_variable_in_a_condition_is_text():
    statement = allow_statement(
        ("s3:GetObject",), ("*",), conditions=(build_condition("StringEquals", "aws:key", "${aws:username}"),)
    )
    assert decision(statement, "*", VERSION_2008, key="bob", username="bob") == DENIED
    assert decision(statement, "*", VERSION_2008, key="${aws:username}", username="bob") == ALLOWED
