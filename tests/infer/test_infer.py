"""`infer`: a draft spec from a deployed function's triggers and configuration."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.deployed import ACCOUNT, HERE, REGION, function, invoking, permitting

from iamglue.formats.policies.spec_text import spec_text
from iamglue.generate.deployment_target import DeploymentTarget
from iamglue.generate.generate import generate
from iamglue.infer.function import infer_function, infer_spec
from iamglue.model.account import EventSourceMapping, FunctionUrl
from iamglue.model.spec import DurableSettings, FileSystem
from iamglue.readers.spec.reader import parse_spec

SECRET = f"arn:aws:secretsmanager:{HERE}:secret:login-a1b2c3"
OWN = {"StringEquals": {"AWS:SourceAccount": ACCOUNT}}


def triggers(**configured):
    return [
        (each.name, each.resource.text or dict(each.resource.variables))
        for each in infer_function(function(**configured)).triggers
    ]


def polled(arn, **rest):
    return triggers(event_sources=(EventSourceMapping(arn, **rest),))


def permitted(service, arn=None, condition=None):
    condition = condition or ({"ArnLike": {"aws:SourceArn": arn}} if arn else None)
    return triggers(permissions=permitting(invoking({"Service": service}, condition)))


@pytest.mark.parametrize(
    ("arn", "rest", "trigger"),
    [
        (f"arn:aws:sqs:{HERE}:orders", {}, ("sqs", "orders")),
        (f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders", {}, ("sqs", f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders")),
        (f"arn:aws:kinesis:{HERE}:stream/clicks", {}, ("kinesis", "clicks")),
        (
            f"arn:aws:dynamodb:{HERE}:table/tbl/stream/2026-01-01T00:00:00.000",
            {},
            ("dynamodb", f"arn:aws:dynamodb:{HERE}:table/tbl/stream/2026-01-01T00:00:00.000"),
        ),
        (
            f"arn:aws:kafka:{HERE}:cluster/c/a-1",
            {"topics": ("t",), "consumer_group": "g"},
            ("kafka", {"cluster": f"arn:aws:kafka:{HERE}:cluster/c/a-1", "topic": "t", "group": "g"}),
        ),
        (
            f"arn:aws:kafka:{HERE}:cluster/c/a-1",
            {"authentication": (("SASL_SCRAM_512_AUTH", SECRET),)},
            ("kafka", {"cluster": f"arn:aws:kafka:{HERE}:cluster/c/a-1", "auth": "scram", "secret": SECRET}),
        ),
        (
            f"arn:aws:mq:{HERE}:broker:b:b-1",
            {"authentication": (("BASIC_AUTH", SECRET),)},
            ("mq", {"broker": f"arn:aws:mq:{HERE}:broker:b:b-1", "secret": SECRET}),
        ),
        (
            "",
            {"authentication": (("SASL_SCRAM_512_AUTH", SECRET), ("VPC_SUBNET", "subnet-1"))},
            ("self-managed-kafka", {"secret": SECRET, "vpc": "true"}),
        ),
    ],
)
def test_an_event_source_is_a_trigger_by_the_shortest_name_that_means_it(arn, rest, trigger):
    assert polled(arn, **rest) == [trigger]


def test_a_consumer_is_told_with_its_stream():
    arn = f"arn:aws:kinesis:{HERE}:stream/clicks/consumer/fast:1700000000"
    (trigger,) = infer_function(function(event_sources=(EventSourceMapping(arn),))).triggers
    assert (trigger.name, trigger.resource.text, trigger.consumer) == ("kinesis", "clicks", arn)


def test_the_destination_of_failed_batches_goes_with_its_source():
    source = EventSourceMapping(f"arn:aws:kinesis:{HERE}:stream/clicks", on_failure=f"arn:aws:sqs:{HERE}:failed")
    (trigger,) = infer_function(function(event_sources=(source,))).triggers
    assert (trigger.on_failure.service, trigger.on_failure.resource.text) == ("sqs", "failed")


@pytest.mark.parametrize(
    ("service", "arn", "trigger"),
    [
        ("sns.amazonaws.com", f"arn:aws:sns:{HERE}:uploads", ("sns", "uploads")),
        ("events.amazonaws.com", f"arn:aws:events:{HERE}:rule/nightly", ("events", "nightly")),
        ("events.amazonaws.com", f"arn:aws:events:{HERE}:rule/bus/nightly", ("events", "bus/nightly")),
        ("logs.amazonaws.com", f"arn:aws:logs:{HERE}:log-group:/a/b:*", ("logs", "/a/b")),
        (
            "apigateway.amazonaws.com",
            f"arn:aws:execute-api:{HERE}:abc/*/GET/orders",
            ("apigateway", {"api": "abc", "method": "GET", "path": "orders"}),
        ),
    ],
)
def test_a_permission_for_a_source_is_a_trigger(service, arn, trigger):
    assert permitted(service, arn) == [trigger]


def test_a_bucket_of_another_account_keeps_its_account():
    condition = {
        "ArnLike": {"aws:SourceArn": "arn:aws:s3:::theirs"},
        "StringEquals": {"aws:SourceAccount": "210987654321"},
    }
    deployed = function(permissions=permitting(invoking({"Service": "s3.amazonaws.com"}, condition)))
    (trigger,) = infer_function(deployed).triggers
    assert (trigger.name, trigger.resource.text, trigger.account) == ("s3", "theirs", "210987654321")


def test_a_skill_of_alexa_and_a_url_are_triggers():
    condition = {"StringEquals": {"lambda:EventSourceToken": "amzn1.ask.skill.1"}}
    assert permitted("alexa-appkit.amazon.com", condition=condition) == [("alexa", {"skill": "amzn1.ask.skill.1"})]
    assert triggers(urls=(FunctionUrl("NONE"),)) == [("function-url", "NONE")]


@pytest.mark.parametrize(
    ("service", "arn"),
    [
        ("codedeploy.amazonaws.com", f"arn:aws:codedeploy:{HERE}:deploymentgroup:a/b"),
        ("events.amazonaws.com", f"arn:aws:events:{HERE}:rule/*"),
        ("sns.amazonaws.com", None),
        ("s3.amazonaws.com", "arn:aws:s3:::${Bucket}"),
    ],
    ids=["no trigger", "a pattern", "no source", "a parameter"],
)
def test_what_cannot_be_written_as_a_trigger_is_told(service, arn):
    condition = {"ArnLike": {"aws:SourceArn": arn}} if arn else None
    found = infer_spec(function(permissions=permitting(invoking({"Service": service}, condition))))
    assert found.function.triggers == ()
    assert any(service in text for text in found.unknown)


def test_a_deny_is_no_trigger():
    statement = invoking({"Service": "sns.amazonaws.com"}, OWN, Effect="Deny")
    assert triggers(permissions=permitting(statement)) == []


def test_the_settings_are_those_of_the_configuration():
    settings = infer_function(
        function(
            in_vpc=True,
            tracing=True,
            log_group="/own/group",
            layers=(f"arn:aws:lambda:{REGION}:580247275435:layer:LambdaInsightsExtension:38",),
            dead_letter=f"arn:aws:sqs:{HERE}:dead",
            on_success=f"arn:aws:events:{HERE}:event-bus/bus",
            on_failure="arn:aws:s3:::failed",
            key_arn=f"arn:aws:kms:{HERE}:key/1f6c3a52-7d1b-4c0e-9a53-0e6b1c9d2f47",
        )
    ).settings
    assert (settings.vpc, settings.tracing, settings.insights, settings.logs.group) == (True, True, True, "/own/group")
    sent = (settings.dead_letter, settings.on_success, settings.on_failure)
    assert [(each.service, each.resource.text) for each in sent] == [
        ("sqs", "dead"),
        ("events", "bus"),
        ("s3", "failed"),
    ]
    assert settings.environment_key.endswith("9d2f47")


def test_the_usual_log_group_is_not_written():
    assert infer_function(function(log_group="/aws/lambda/exif-extractor")).settings.logs.group is None


def test_a_mounted_file_system_is_known_by_its_access_point_only():
    arn = f"arn:aws:elasticfilesystem:{HERE}:access-point/fsap-1"
    found = infer_spec(function(file_systems=(arn,)))
    (raw,) = found.function.raw
    assert (raw.actions, raw.conditions[0].values) == (("elasticfilesystem:ClientMount",), (arn,))
    assert any("writes to the file system" in text for text in found.unknown)


def test_a_mounted_bucket_is_known_by_its_file_system_only():
    file_system = f"arn:aws:s3files:{HERE}:file-system/fs-1"
    arn = f"{file_system}/access-point/fsap-1"
    found = infer_spec(function(file_systems=(arn,), in_vpc=True))
    assert found.function.settings.file_system == FileSystem(file_system, arn, direct_reads=False)
    assert any("whether the function writes" in text for text in found.unknown)
    assert any("the bucket of" in text for text in found.unknown)


@pytest.mark.parametrize("key", [None, f"arn:aws:kms:{HERE}:key/1f6c3a52-7d1b-4c0e-9a53-0e6b1c9d2f47"])
def test_a_durable_function_is_inferred_with_its_key(key):
    found = infer_function(function(durable=True, durable_key=key))
    assert found.settings.durable == DurableSettings(key)
    (again,) = parse_spec(spec_text([found]), "spec.yaml").functions
    assert again.settings == found.settings


def test_a_function_without_durable_configuration_is_not_durable():
    assert infer_function(function()).settings.durable is None


def test_what_the_code_does_is_not_known_and_told_so():
    found = infer_spec(function())
    assert found.function.entries == ()
    assert "reads, writes and calls is unknown" in found.unknown[0]


def test_a_fifo_destination_cannot_be_written_and_is_told():
    found = infer_spec(function(dead_letter=f"arn:aws:sqs:{HERE}:dead.fifo"))
    assert found.function.settings.dead_letter is None
    assert any("dead.fifo" in text for text in found.unknown)


def test_the_function_is_where_it_is_deployed():
    found = infer_function(function())
    assert (found.name, found.region, found.account, found.partition) == ("exif-extractor", REGION, ACCOUNT, None)
    there = function()
    china = replace(there, arn=f"arn:aws-cn:lambda:cn-north-1:{ACCOUNT}:function:f", name="f")
    assert (infer_function(china).region, infer_function(china).partition) == ("cn-north-1", None)


def test_the_draft_generates():
    deployed = function(event_sources=(EventSourceMapping(f"arn:aws:sqs:{HERE}:orders"),), in_vpc=True)
    bundle = generate(infer_function(deployed), DeploymentTarget(REGION, ACCOUNT))
    actions = {action for each in bundle.explained_statements for action in each.statement.actions.values}
    assert {"sqs:ReceiveMessage", "ec2:CreateNetworkInterface", "logs:PutLogEvents"} <= actions


def test_a_bucket_for_failed_batches_is_named():
    source = EventSourceMapping(f"arn:aws:kinesis:{HERE}:stream/clicks", on_failure="arn:aws:s3:::failed")
    (trigger,) = infer_function(function(event_sources=(source,))).triggers
    assert (trigger.on_failure.service, trigger.on_failure.resource.text) == ("s3", "failed")


def test_a_destination_that_is_not_known_is_not_declared():
    inferred = infer_spec(function(dead_letter="${Queue}"), planned=True)
    assert [what for what, _ in inferred.not_declared] == ["the destination `${Queue}`"]
