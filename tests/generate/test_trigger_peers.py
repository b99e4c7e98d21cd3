"""The other halves of triggers: whose policy they belong to and what they say."""

from __future__ import annotations

import pytest
from support.rows import every_row
from support.trigger_cases import CLUSTER, KEY, OTHER, SCOPE, VALUES, granted, peers, trigger

from iamglue.policy.conditions import build_condition
from iamglue.policy.model import Policy, Principal

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:thumbs"
ROLE = Principal("AWS", "arn:aws:iam::123456789012:role/thumbs-role")


def _allowed(policy: Policy) -> set[tuple[str, str]]:
    return {
        (action, resource)
        for statement in policy.statements
        for action in statement.actions.values
        for resource in (statement.resources.values if statement.resources else ())
    }


def _trust(policy: Policy) -> tuple[Principal, ...]:
    (statement,) = policy.statements
    assert statement.actions.values == ("sts:AssumeRole",)
    assert statement.principals is not None
    return statement.principals.values


def test_the_scheduler_assumes_a_role_of_its_own_for_one_schedule_group() -> None:
    trust, rights = peers(trigger("scheduler"))
    assert "trust policy" in trust.where
    assert _trust(trust.policy) == (Principal("Service", "scheduler.amazonaws.com"),)
    group = "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/default"
    assert set(trust.policy.statements[0].conditions) == {
        build_condition("ArnEquals", "aws:SourceArn", group),
        build_condition("StringEquals", "aws:SourceAccount", "123456789012"),
    }
    assert "permissions policy" in rights.where
    assert _allowed(rights.policy) == {("lambda:InvokeFunction", FUNCTION)}


@pytest.mark.parametrize(
    "value",
    [
        {"group": "nights", "schedule": "first"},
        {"group": "nights"},
        "nights/first",
        "arn:aws:scheduler:eu-west-1:123456789012:schedule/nights/first",
        "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/nights",
    ],
)
def test_the_schedulers_trust_names_the_group_and_never_the_schedule(value: str | dict[str, str]) -> None:
    trust, _ = peers(trigger("scheduler", value))
    found = {each.key: each.values for each in trust.policy.statements[0].conditions}
    assert found["aws:SourceArn"] == ("arn:aws:scheduler:eu-west-1:123456789012:schedule-group/nights",)


def test_a_state_machines_role_invokes_the_function_and_its_versions() -> None:
    (found,) = peers(trigger("states"))
    assert "state machine checkout" in found.where
    expected = {("lambda:InvokeFunction", FUNCTION), ("lambda:InvokeFunction", f"{FUNCTION}:*")}
    assert _allowed(found.policy) == expected


@pytest.mark.parametrize(
    ("name", "holder", "actions", "qualifiers"),
    [
        ("appsync", "the data source of AppSync API abcdef123456", {"InvokeFunction"}, ("", ":*")),
        ("firehose", "Firehose stream clicks", {"InvokeFunction", "GetFunctionConfiguration"}, ("", ":*")),
        ("pipes", "pipe orders", {"InvokeFunction"}, ("",)),
    ],
)
def test_a_service_invokes_the_function_with_a_role_of_its_own(name, holder, actions, qualifiers) -> None:
    (found,) = peers(trigger(name))
    assert found.where == f"permissions policy of the role of {holder}"
    expected = {(f"lambda:{action}", f"{FUNCTION}{end}") for action in actions for end in qualifiers}
    assert _allowed(found.policy) == expected


def test_a_pipelines_role_invokes_and_the_function_reports_back() -> None:
    (found,) = peers(trigger("codepipeline"))
    assert _allowed(found.policy) == {("lambda:InvokeFunction", FUNCTION), ("lambda:ListFunctions", "*")}
    names = ("PutJobSuccessResult", "PutJobFailureResult")
    assert granted(trigger("codepipeline")) == {(f"codepipeline:{name}", "*") for name in names}


def test_a_batch_job_has_a_role_of_its_own() -> None:
    trust, rights = peers(trigger("s3-batch"))
    assert _trust(trust.policy) == (Principal("Service", "batchoperations.s3.amazonaws.com"),)
    assert _allowed(rights.policy) == {("lambda:InvokeFunction", FUNCTION)}


POLLED_ELSEWHERE = {
    "sqs": "arn:aws:sqs:eu-west-1:999999999999:orders",
    "kinesis": "arn:aws:kinesis:eu-west-1:999999999999:stream/clicks",
    "dynamodb": "arn:aws:dynamodb:eu-west-1:999999999999:table/exifDataTable/stream/*",
}


@pytest.mark.parametrize("name", sorted(POLLED_ELSEWHERE))
def test_a_source_of_another_account_names_the_role_in_its_own_policy(name: str) -> None:
    one = trigger(name, account=OTHER)
    (found,) = peers(one)
    assert POLLED_ELSEWHERE[name] in found.where
    assert _allowed(found.policy) == {pair for pair in granted(one) if pair[1] != "*"}
    (statement,) = found.policy.statements
    assert statement.principals is not None
    assert statement.principals.values == (ROLE,)


@pytest.mark.parametrize("name", sorted(POLLED_ELSEWHERE))
def test_the_arn_of_a_source_tells_its_account_too(name: str) -> None:
    assert peers(trigger(name, POLLED_ELSEWHERE[name].replace("/stream/*", "/stream/2026")))


def test_a_key_of_another_account_names_the_role_in_its_policy() -> None:
    _, found = peers(trigger("sqs", account=OTHER, key=KEY))
    assert found.where.startswith(f"key policy of {KEY}")
    assert _allowed(found.policy) == {("kms:Decrypt", "*")}


def test_a_consumer_of_another_account_has_a_policy_of_its_own() -> None:
    found = peers(trigger("kinesis", account=OTHER, consumer="fast"))
    consumer = "arn:aws:kinesis:eu-west-1:999999999999:stream/clicks/consumer/fast:*"
    assert _allowed(found[1].policy) == {("kinesis:SubscribeToShard", consumer)}


def test_callers_of_a_url_from_another_account_need_both_actions_themselves() -> None:
    (found,) = peers(trigger("function-url", {"principal": OTHER}))
    assert _allowed(found.policy) == {("lambda:InvokeFunctionUrl", FUNCTION), ("lambda:InvokeFunction", FUNCTION)}
    assert {each for statement in found.policy.statements for each in statement.conditions} == {
        build_condition("StringEquals", "lambda:FunctionUrlAuthType", "AWS_IAM"),
        build_condition("Bool", "lambda:InvokedViaFunctionUrl", "true"),
    }


def test_callers_of_a_url_from_the_functions_account_need_nothing_more() -> None:
    assert peers(trigger("function-url", {"principal": SCOPE.account})) == ()
    assert peers(trigger("function-url", "NONE")) == ()


OTHER_HALVES = {"scheduler", "states", "codepipeline", "s3-batch", "appsync", "firehose", "pipes"}


@every_row("name", sorted(VALUES.keys() - OTHER_HALVES))
def test_other_triggers_in_the_same_account_have_no_other_half(name: str) -> None:
    assert peers(trigger(name)) == ()


def test_a_cluster_in_the_same_account_has_no_other_half() -> None:
    assert peers(trigger("kafka", CLUSTER)) == ()
