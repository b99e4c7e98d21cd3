"""Each setting adds exactly what it needs on the role."""

from __future__ import annotations

from typing import Any

import pytest
from support.trigger_cases import KEY, PLACE, SCOPE, destination, function, pairs, trigger

from iamglue.errors import IamglueError
from iamglue.generate.requirements.settings import settings_needs, settings_notes
from iamglue.generate.requirements.triggers import trust_principals
from iamglue.model.spec import FileSystem, FunctionSettings, LogSettings
from iamglue.policy.conditions import build_condition

LOGS = "arn:aws:logs:eu-west-1:123456789012:log-group"
OWN = f"{LOGS}:/aws/lambda/thumbs:*"
SILENT = LogSettings(enabled=False)


def _granted(**settings: Any) -> set[tuple[str, str]]:
    return pairs(settings_needs(function(settings=FunctionSettings(**{"logs": SILENT, **settings})), SCOPE))


def test_logs_are_three_actions_on_the_functions_own_group() -> None:
    names = ("CreateLogGroup", "CreateLogStream", "PutLogEvents")
    assert _granted(logs=LogSettings()) == {(f"logs:{name}", OWN) for name in names}


def test_a_group_that_the_deployment_creates_is_not_created_by_the_role() -> None:
    assert _granted(logs=LogSettings(create=False)) == {("logs:CreateLogStream", OWN), ("logs:PutLogEvents", OWN)}


def test_a_group_of_another_name_is_granted_instead() -> None:
    assert {resource for _, resource in _granted(logs=LogSettings(group="/shop/api"))} == {f"{LOGS}:/shop/api:*"}


def test_a_silent_function_needs_nothing() -> None:
    assert _granted() == set()


@pytest.mark.parametrize("group", ["/shop/*", f"{LOGS}:/shop/api:*", ""])
def test_a_group_is_a_name_and_no_pattern(group: str) -> None:
    with pytest.raises(IamglueError, match="not a valid name of a log group"):
        _granted(logs=LogSettings(group=group))


def test_an_edge_function_logs_in_every_region_under_the_name_of_the_first() -> None:
    one = function(trigger("cloudfront"))
    found = {resource for _, resource in pairs(settings_needs(one, SCOPE))}
    assert found == {"arn:aws:logs:*:123456789012:log-group:/aws/lambda/us-east-1.thumbs:*"}


def test_an_edge_functions_own_group_keeps_its_name() -> None:
    one = function(trigger("cloudfront"), settings=FunctionSettings(logs=LogSettings(group="/edge")))
    found = {resource for _, resource in pairs(settings_needs(one, SCOPE))}
    assert found == {"arn:aws:logs:*:123456789012:log-group:/edge:*"}


def test_an_edge_functions_role_is_assumed_by_two_services() -> None:
    assert trust_principals(function(trigger("cloudfront"))) == ("edgelambda.amazonaws.com", "lambda.amazonaws.com")
    assert trust_principals(function(trigger("s3"))) == ("lambda.amazonaws.com",)


def test_a_vpc_needs_six_actions_on_a_star() -> None:
    names = (
        "AssignPrivateIpAddresses",
        "CreateNetworkInterface",
        "DeleteNetworkInterface",
        "DescribeNetworkInterfaces",
        "DescribeSubnets",
        "UnassignPrivateIpAddresses",
    )
    assert _granted(vpc=True) == {(f"ec2:{name}", "*") for name in names}


def test_tracing_sends_segments_and_telemetry() -> None:
    assert _granted(tracing=True) == {("xray:PutTelemetryRecords", "*"), ("xray:PutTraceSegments", "*")}


def test_insights_write_to_their_own_group_only() -> None:
    found = f"{LOGS}:/aws/lambda-insights:*"
    names = ("CreateLogGroup", "CreateLogStream", "PutLogEvents")
    assert _granted(insights=True) == {(f"logs:{name}", found) for name in names}


SENT = {
    "sqs": ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:failed"),
    "sns": ("sns:Publish", "arn:aws:sns:eu-west-1:123456789012:failed"),
    "lambda": ("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:123456789012:function:failed"),
    "events": ("events:PutEvents", "arn:aws:events:eu-west-1:123456789012:event-bus/failed"),
}


@pytest.mark.parametrize(
    ("setting", "service"),
    [("dead_letter", "sqs"), ("dead_letter", "sns")]
    + [(setting, service) for setting in ("on_success", "on_failure") for service in SENT],
)
def test_a_destination_takes_the_one_action_that_sends_to_it(setting: str, service: str) -> None:
    assert _granted(**{setting: destination(service, "failed")}) == {SENT[service]}


def test_a_bucket_of_failures_is_written_and_listed() -> None:
    found = _granted(on_failure=destination("s3", "failed"))
    assert found == {("s3:PutObject", "arn:aws:s3:::failed/*"), ("s3:ListBucket", "arn:aws:s3:::failed")}


@pytest.mark.parametrize(
    ("setting", "service"),
    [("dead_letter", "s3"), ("dead_letter", "lambda"), ("on_success", "s3"), ("on_failure", "kinesis")],
)
def test_a_service_that_lambda_does_not_send_to_is_refused(setting: str, service: str) -> None:
    with pytest.raises(IamglueError, match=f"`{setting}` accepts .*, not `{service}`") as caught:
        _granted(**{setting: destination(service, "failed")})
    assert caught.value.location == PLACE


@pytest.mark.parametrize("setting", ["dead_letter", "on_success", "on_failure"])
@pytest.mark.parametrize("service", ["sqs", "sns"])
def test_a_fifo_queue_or_topic_is_refused(setting: str, service: str) -> None:
    with pytest.raises(IamglueError, match="FIFO"):
        _granted(**{setting: destination(service, "failed.fifo")})


@pytest.mark.parametrize(
    "entry",
    [
        destination("sqs", "failed-*"),
        destination("sqs", "failed", do=("purge",)),
        destination("sns", "failed", resource_type="subscription"),
    ],
)
def test_a_destination_is_one_resource_and_says_no_action(entry: Any) -> None:
    with pytest.raises(IamglueError):
        _granted(on_failure=entry)


def test_objects_are_no_destination() -> None:
    with pytest.raises(IamglueError, match="a bucket, not objects"):
        _granted(on_failure=destination("s3", "failed/in"))


def test_an_encrypted_dead_letter_queue_brings_its_key() -> None:
    found = _granted(dead_letter=destination("sqs", "failed", key=KEY))
    arn = f"arn:aws:kms:eu-west-1:123456789012:key/{KEY}"
    assert found == {SENT["sqs"], ("kms:Decrypt", arn), ("kms:GenerateDataKey", arn)}


def test_an_encrypted_bucket_of_failures_takes_data_keys_only() -> None:
    found = _granted(on_failure=destination("s3", "failed", key=KEY))
    assert {action for action, _ in found} == {"s3:PutObject", "s3:ListBucket", "kms:GenerateDataKey"}


def test_an_environment_key_may_be_used_by_the_code_to_decrypt() -> None:
    found = _granted(environment_key=KEY)
    assert found == {("kms:Decrypt", f"arn:aws:kms:eu-west-1:123456789012:key/{KEY}")}
    assert "grant" in settings_notes(function(settings=FunctionSettings(environment_key=KEY)))[0]


def test_an_environment_key_may_be_an_alias() -> None:
    one = function(settings=FunctionSettings(logs=SILENT, environment_key="alias/env"))
    (need,) = settings_needs(one, SCOPE)
    assert need.conditions == (build_condition("ForAnyValue:StringEquals", "kms:ResourceAliases", "alias/env"),)


@pytest.mark.parametrize("write", [False, True])
def test_a_file_system_is_mounted_through_its_access_point_only(write: bool) -> None:
    one = function(settings=FunctionSettings(logs=SILENT, vpc=False, file_system=FileSystem("fs-1", "fsap-2", write)))
    found = settings_needs(one, SCOPE)
    names = {"ClientMount", "ClientWrite"} if write else {"ClientMount"}
    efs = "arn:aws:elasticfilesystem:eu-west-1:123456789012"
    assert pairs(found) == {(f"elasticfilesystem:{name}", f"{efs}:file-system/fs-1") for name in names}
    pinned = build_condition("StringEquals", "elasticfilesystem:AccessPointArn", f"{efs}:access-point/fsap-2")
    assert all(need.conditions == (pinned,) for need in found)


def test_a_file_system_without_a_vpc_is_remarked_upon() -> None:
    mounted = FileSystem("fs-1", "fsap-2")
    assert settings_notes(function(settings=FunctionSettings(file_system=mounted)))
    assert not settings_notes(function(settings=FunctionSettings(file_system=mounted, vpc=True)))


@pytest.mark.parametrize("settings", [{"environment_key": "*"}, {"file_system": FileSystem("fs-*", "fsap-2")}])
def test_settings_name_one_resource(settings: dict[str, Any]) -> None:
    with pytest.raises(IamglueError, match="pattern"):
        _granted(**settings)
