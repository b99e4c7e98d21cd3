"""Triggers that Lambda polls: what the role needs on the source, its key and its destination."""

from __future__ import annotations

from typing import Any

import pytest
from support.rows import every_row
from support.trigger_cases import (
    BROKER,
    CLUSTER,
    HERE,
    KEY,
    OTHER,
    PLACE,
    VALUES,
    destination,
    granted,
    needs,
    notes,
    permissions,
    trigger,
)

from iamglue.catalog.triggers import TriggerKind, trigger_facts
from iamglue.errors import IamglueError
from iamglue.policy.conditions import build_condition

Granted = set[tuple[str, str]]


def _on(resource: str, prefix: str, *names: str) -> Granted:
    return {(f"{prefix}:{name}", resource) for name in names}


def _secret(name: str) -> str:
    return f"arn:aws:secretsmanager:{HERE}:secret:{name}-??????"


NETWORK = _on(
    "*",
    "ec2",
    "CreateNetworkInterface",
    "DeleteNetworkInterface",
    "DescribeNetworkInterfaces",
    "DescribeSecurityGroups",
    "DescribeSubnets",
    "DescribeVpcs",
)
STREAM = f"arn:aws:kinesis:{HERE}:stream/clicks"
CLICKS = _on(
    STREAM, "kinesis", "DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"
)
MSK = {("kafka:DescribeClusterV2", CLUSTER), ("kafka:GetBootstrapBrokers", "*")} | NETWORK
POLLED: dict[str, Granted] = {
    "sqs": _on(f"arn:aws:sqs:{HERE}:orders", "sqs", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"),
    "dynamodb": _on(
        f"arn:aws:dynamodb:{HERE}:table/exifDataTable/stream/*",
        "dynamodb",
        "DescribeStream",
        "GetRecords",
        "GetShardIterator",
    )
    | {("dynamodb:ListStreams", "*")},
    "kinesis": CLICKS,
    "kafka": MSK
    | {("kafka-cluster:Connect", CLUSTER)}
    | _on(f"arn:aws:kafka:{HERE}:topic/orders/9bcf-4/orders", "kafka-cluster", "DescribeTopic", "ReadData")
    | _on(f"arn:aws:kafka:{HERE}:group/orders/9bcf-4/billing", "kafka-cluster", "DescribeGroup", "AlterGroup"),
    "self-managed-kafka": {("secretsmanager:GetSecretValue", _secret("kafka/login"))} | NETWORK,
    "mq": {("mq:DescribeBroker", BROKER), ("secretsmanager:GetSecretValue", _secret("mq/login"))} | NETWORK,
    "docdb": {
        ("rds:DescribeDBClusters", f"arn:aws:rds:{HERE}:cluster:orders"),
        ("rds:DescribeDBClusterParameters", f"arn:aws:rds:{HERE}:cluster-pg:*"),
        ("rds:DescribeDBSubnetGroups", f"arn:aws:rds:{HERE}:subgrp:*"),
        ("secretsmanager:GetSecretValue", _secret("docdb/login")),
    }
    | NETWORK,
}


@pytest.mark.parametrize("name", sorted(POLLED))
def test_a_poll_trigger_grants_exactly_what_reads_its_source(name: str) -> None:
    assert granted(trigger(name)) == POLLED[name]


def test_every_poll_trigger_is_tested() -> None:
    kinds = {name: facts.kind for name in VALUES if (facts := trigger_facts(name))}
    assert {name for name, kind in kinds.items() if kind is TriggerKind.POLL} == set(POLLED)


@pytest.mark.parametrize("name", sorted(POLLED))
def test_a_poll_trigger_needs_no_statement_on_the_function(name: str) -> None:
    assert permissions(trigger(name)) == ()


@pytest.mark.parametrize("name", ["kinesis", "dynamodb"])
def test_the_polled_triggers_of_the_blog_post_read_their_stream(name: str) -> None:
    assert {action.partition(":")[2] for action, _ in granted(trigger(name))} >= {"GetRecords", "GetShardIterator"}


def test_kinesis_lists_no_streams() -> None:
    assert "kinesis:ListStreams" not in {action for action, _ in granted(trigger("kinesis"))}


@pytest.mark.parametrize(
    ("consumer", "arn"),
    [("fast", f"{STREAM}/consumer/fast:*"), (f"{STREAM}/consumer/fast:1700", f"{STREAM}/consumer/fast:1700")],
)
def test_enhanced_fan_out_subscribes_the_consumer_only(consumer: str, arn: str) -> None:
    assert granted(trigger("kinesis", consumer=consumer)) == CLICKS | {("kinesis:SubscribeToShard", arn)}


def test_one_stream_of_a_table_may_be_named() -> None:
    arn = f"arn:aws:dynamodb:{HERE}:table/exifDataTable/stream/2026-01-01T00:00:00.000"
    assert ("dynamodb:GetRecords", arn) in granted(trigger("dynamodb", arn))


@pytest.mark.parametrize(
    ("name", "service"), [("sqs", "sqs"), ("dynamodb", "dynamodb"), ("kinesis", "kinesis"), ("mq", "secretsmanager")]
)
def test_an_encrypted_source_is_decrypted_through_the_service_that_holds_it(name: str, service: str) -> None:
    last = needs(trigger(name, key=KEY))[-1]
    assert last.actions == ("kms:Decrypt",)
    assert last.resources == (f"arn:aws:kms:{HERE}:key/{KEY}",)
    assert last.conditions == (build_condition("StringEquals", "kms:ViaService", f"{service}.eu-west-1.amazonaws.com"),)


def test_the_key_of_a_source_elsewhere_is_where_the_source_is() -> None:
    last = needs(trigger("sqs", account=OTHER, region="us-east-1", key=KEY))[-1]
    assert last.resources == (f"arn:aws:kms:us-east-1:{OTHER}:key/{KEY}",)
    assert last.conditions[0].values == ("sqs.us-east-1.amazonaws.com",)


def test_the_key_of_a_secret_may_stand_in_the_mapping() -> None:
    value = {"cluster": CLUSTER, "auth": "scram", "secret": "AmazonMSK_orders", "key": KEY}
    found = granted(trigger("kafka", value))
    expected = {
        ("kafka:ListScramSecrets", CLUSTER),
        ("secretsmanager:GetSecretValue", _secret("AmazonMSK_orders")),
        ("kms:Decrypt", f"arn:aws:kms:{HERE}:key/{KEY}"),
    }
    assert found == MSK | expected


def test_a_rotated_secret_under_a_key_takes_data_keys_too() -> None:
    last = needs(trigger("secretsmanager", key=KEY))[-1]
    assert last.actions == ("kms:Decrypt", "kms:GenerateDataKey")


def test_kafka_without_sign_in_needs_no_topic() -> None:
    assert granted(trigger("kafka", CLUSTER)) == MSK


def test_kafka_by_certificate_reads_the_secret_only() -> None:
    found = granted(trigger("kafka", {"cluster": CLUSTER, "auth": "tls", "secret": "cert"}))
    assert found == MSK | {("secretsmanager:GetSecretValue", _secret("cert"))}


def test_any_consumer_group_is_granted_and_told_when_none_is_named() -> None:
    one = trigger("kafka", {"cluster": CLUSTER, "topic": "orders"})
    assert ("kafka-cluster:AlterGroup", f"arn:aws:kafka:{HERE}:group/orders/9bcf-4/*") in granted(one)
    assert "consumer group" in notes(one)[-1]


@pytest.mark.parametrize(
    ("options", "assumed"),
    [
        ({"topic": "orders", "group": "g"}, "IAM authentication"),
        ({}, "no authentication"),
        ({"topic": "orders", "group": "g", "auth": "iam"}, None),
        ({"auth": "none"}, None),
        ({"auth": "scram", "secret": "login"}, None),
    ],
)
def test_a_note_says_which_authentication_of_a_cluster_is_assumed(options, assumed) -> None:
    said = [note for note in notes(trigger("kafka", {"cluster": CLUSTER, **options})) if "is assumed" in note]
    assert [assumed in note for note in said] == ([True] if assumed else [])


def test_a_cluster_of_another_account_is_reached_by_its_vpc_connection() -> None:
    cluster = f"arn:aws:kafka:eu-west-1:{OTHER}:cluster/orders/9bcf-4"
    connection = f"arn:aws:kafka:{HERE}:vpc-connection/{OTHER}/orders/*"
    assert ("kafka:DescribeVpcConnection", connection) in granted(trigger("kafka", cluster))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"cluster": CLUSTER, "auth": "sasl"}, "not a valid `auth`"),
        ({"cluster": CLUSTER, "secret": "s"}, "needs `auth`"),
        ({"cluster": CLUSTER, "auth": "scram"}, "needs `secret`"),
        ({"cluster": CLUSTER, "auth": "iam"}, "needs `topic`"),
        ({"cluster": CLUSTER, "auth": "iam", "topic": "t", "secret": "s"}, "uses no secret"),
        ({"cluster": CLUSTER, "tpoic": "t"}, "`tpoic` is not a valid key"),
        ({"topic": "t"}, "is missing: write `cluster`"),
        ({"cluster": CLUSTER, "ClusterName": "orders", "Uuid": "9"}, "twice"),
        ({"Arn": "${Cluster}", "topic": "t"}, "whole-ARN parameter"),
        ("orders", "does not identify"),
    ],
)
def test_kafka_options_that_contradict_each_other_are_refused(value: Any, message: str) -> None:
    with pytest.raises(IamglueError, match=message) as caught:
        needs(trigger("kafka", value))
    assert caught.value.location == PLACE


def test_self_managed_kafka_outside_a_vpc_needs_no_network() -> None:
    assert granted(trigger("self-managed-kafka", "kafka/login")) == {
        ("secretsmanager:GetSecretValue", _secret("kafka/login"))
    }


@pytest.mark.parametrize(("name", "value"), [("mq", BROKER), ("docdb", "orders")])
def test_a_source_without_its_secret_is_remarked_upon(name: str, value: str) -> None:
    assert any("secret" in note for note in notes(trigger(name, value)))
    assert not any("with a secret" in note for note in notes(trigger(name)))


FAILED: dict[str, Granted] = {
    "sqs": {("sqs:SendMessage", f"arn:aws:sqs:{HERE}:failed")},
    "sns": {("sns:Publish", f"arn:aws:sns:{HERE}:failed")},
    "s3": {("s3:PutObject", "arn:aws:s3:::failed/*"), ("s3:ListBucket", "arn:aws:s3:::failed")},
}


# Lambda sends failed batches of these sources nowhere.
KEPT = ("docdb", "mq", "sqs")


@pytest.mark.parametrize("name", sorted(set(POLLED) - set(KEPT)))
@pytest.mark.parametrize("service", sorted(FAILED))
def test_failed_batches_may_be_sent_to_a_queue_a_topic_or_a_bucket(name: str, service: str) -> None:
    found = granted(trigger(name, on_failure=destination(service, "failed")))
    assert found == POLLED[name] | FAILED[service]


@pytest.mark.parametrize("name", KEPT)
def test_a_destination_that_lambda_does_not_use_is_remarked_upon(name: str) -> None:
    assert any("no on-failure destination" in note for note in notes(trigger(name, on_failure=destination("sqs", "q"))))


@pytest.mark.parametrize("name", KEPT)
def test_a_destination_that_lambda_does_not_use_is_not_granted(name: str) -> None:
    assert granted(trigger(name, on_failure=destination("sqs", "failed"))) == POLLED[name]


@pytest.mark.parametrize("name", KEPT)
def test_a_destination_that_lambda_does_not_use_is_checked_all_the_same(name: str) -> None:
    with pytest.raises(IamglueError, match="does not accept FIFO queues"):
        granted(trigger(name, on_failure=destination("sqs", "failed.fifo")))


@pytest.mark.parametrize("service", ["lambda", "events"])
def test_failed_batches_go_nowhere_else(service: str) -> None:
    with pytest.raises(IamglueError, match="accepts `sqs`, `sns`, `s3`"):
        needs(trigger("kinesis", on_failure=destination(service, "failed")))


def test_failed_batches_do_not_go_to_a_fifo_queue() -> None:
    with pytest.raises(IamglueError, match="FIFO"):
        needs(trigger("kinesis", on_failure=destination("sqs", "failed.fifo")))


@every_row("name", sorted(VALUES))
def test_a_trigger_is_no_pattern(name: str) -> None:
    value = VALUES[name]
    wild = f"{value}*" if isinstance(value, str) else {**value, next(iter(value)): "x-*"}
    with pytest.raises(IamglueError, match="pattern") as caught:
        needs(trigger(name, wild))
    assert caught.value.location == PLACE


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("s3", {"key": KEY}),
        ("sqs", {"consumer": "fast"}),
        ("sns", {"on_failure": destination("sqs", "failed")}),
        ("alexa", {"account": OTHER}),
        ("function-url", {"region": "us-east-1"}),
        ("self-managed-kafka", {"account": OTHER}),
    ],
)
def test_an_option_that_means_nothing_to_a_trigger_is_refused(name: str, options: dict[str, Any]) -> None:
    with pytest.raises(IamglueError, match=f"not a valid option of the {name} trigger") as caught:
        needs(trigger(name, **options))
    assert caught.value.hint


@pytest.mark.parametrize("value", ["sqss", "dynamo-db"])
def test_a_misspelt_trigger_is_told_the_right_word(value: str) -> None:
    with pytest.raises(IamglueError, match="unknown trigger") as caught:
        needs(trigger(value, "orders"))
    assert caught.value.hint in ("did you mean `sqs`?", "did you mean `dynamodb`?")


def test_a_misspelt_part_is_told_the_right_word() -> None:
    with pytest.raises(IamglueError, match="`buss` is not a valid key of the events trigger") as caught:
        needs(trigger("events", {"buss": "shop", "rule": "r"}))
    assert caught.value.hint == "did you mean `bus`?"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("s3", "images-bucket/in"),
        ("sns", f"arn:aws:sqs:{HERE}:orders"),
        ("sqs", f"arn:aws:sqs:{HERE.partition(':')[0]}::orders"),
        ("ses", "tickets"),
        ("lex", "BOT123"),
        ("elasticloadbalancing", "web"),
        ("cloudfront", {"id": "E1"}),
        ("kafka", {"auth": "none"}),
    ],
)
def test_a_source_that_cannot_be_is_refused_at_its_place(name: str, value: Any) -> None:
    with pytest.raises(IamglueError) as caught:
        needs(trigger(name, value))
    assert caught.value.location == PLACE


def test_the_reason_of_a_need_is_the_line_of_the_spec() -> None:
    (need,) = needs(trigger("sqs", why="work is queued"))
    assert need.reason.text == "triggers sqs orders, spec.yaml:7:3: work is queued"
