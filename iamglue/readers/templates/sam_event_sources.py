"""What SAM makes for what a function polls: the managed policies that it attaches, and those that it writes itself.

As AWS's translator does: https://github.com/aws/serverless-application-model, aws-sam-translator 1.115.0
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from iamglue.model.account import EventSourceMapping
from iamglue.readers.templates.account_draft import deployment_arn
from iamglue.readers.templates.template_functions import build_event_source
from iamglue.readers.templates.template_properties import ResourceProperties

# Event -> the property that has the ARN of what is polled, and the managed policy that SAM attaches for it.
SAM_EVENT_SOURCES: dict[str, tuple[str, str]] = {
    "DocumentDB": ("Cluster", ""),
    "DynamoDB": ("Stream", "AWSLambdaDynamoDBExecutionRole"),
    "Kinesis": ("Stream", "AWSLambdaKinesisExecutionRole"),
    "MQ": ("Broker", ""),
    "MSK": ("Stream", "AWSLambdaMSKExecutionRole"),
    "SQS": ("Queue", "AWSLambdaSQSQueueExecutionRole"),
    "SelfManagedKafka": ("", ""),
}
StatementData = dict[str, Any]
_SECRET, _CERTIFICATE = "BASIC_AUTH", "SERVER_ROOT_CA_CERTIFICATE"
_BY_SECRET = frozenset(
    {_SECRET, "SASL_SCRAM_256_AUTH", "SASL_SCRAM_512_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH", "OAUTHBEARER_AUTH"}
)
_IN_NETWORK = frozenset({"VPC_SUBNET", "VPC_SECURITY_GROUP"})
_OF_SERVERS = _BY_SECRET | _IN_NETWORK | {_CERTIFICATE, "IAM_AUTH", "IAM_OAUTHBEARER_AUTH"}
_NETWORK = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeVpcs",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
)


def sam_event_source(event: ResourceProperties, kind: str) -> EventSourceMapping:
    """The mapping of an event of a kind that Lambda polls, by its properties."""
    source, _ = SAM_EVENT_SOURCES[kind]
    found = build_event_source(event, event.text(source) if source else ",".join(event.texts("KafkaBootstrapServers")))
    return replace(found, consumer_group=found.consumer_group or event.text("ConsumerGroupId") or None)


def sam_queue_event_source(name: str, event: ResourceProperties) -> EventSourceMapping | None:
    """The mapping of the queue that stands between a topic and the function; None for an event without one.

    `name` is the event's logical id, of which SAM makes that of a queue of its own.
    """
    if not event.has("SqsSubscription") or event.text("SqsSubscription") == "false":
        return None
    own = deployment_arn("sqs", f"${{{name}QueueName}}")
    return EventSourceMapping(event.text("SqsSubscription", "QueueArn") or own, uuid=f"{name}EventSourceMapping")


def sam_polling_policy(name: str, kind: str, event: ResourceProperties) -> tuple[str, list[StatementData]] | None:
    """The name and statements of the policy that SAM writes for an event, if any; None where it cannot be told.

    `name` is the event's logical id.
    """
    statements = _WRITTEN[kind](event)
    if statements is None or event.has("SchemaRegistryConfig"):
        return None
    key = event.text("SecretsManagerKmsKeyId")
    if key:
        statements.append(_allow(("kms:Decrypt",), deployment_arn("kms", f"key/{key}")))
    called = f"{name}AMQPolicy" if kind == "MQ" and event.text("DynamicPolicyName") == "true" else _CALLED[kind]
    return called, statements


def _of_broker(event: ResourceProperties) -> list[StatementData] | None:
    secret, broker = _uri(event, _SECRET), event.text("Broker")
    if not secret or not broker:
        return None
    return [_allow(("secretsmanager:GetSecretValue",), secret), _allow(("mq:DescribeBroker",), broker)]


def _of_cluster(event: ResourceProperties) -> list[StatementData] | None:
    secret, cluster = _uri(event, _SECRET), event.text("Cluster")
    if not secret or not cluster:
        return None
    return [
        _allow(("secretsmanager:GetSecretValue",), secret),
        _allow(("rds:DescribeDBClusterParameters",), deployment_arn("rds", "cluster-pg:*")),
        _allow(("rds:DescribeDBSubnetGroups",), deployment_arn("rds", "subgrp:*")),
        _allow(("rds:DescribeDBClusters",), cluster),
        _allow(_NETWORK, "*"),
    ]


def _of_servers(event: ResourceProperties) -> list[StatementData] | None:
    given = [(each.text("Type"), each.text("URI")) for each in event.items("SourceAccessConfigurations")]
    kinds = {kind for kind, _ in given}
    if not kinds or not kinds <= _OF_SERVERS:
        return None
    secrets = [uri for kind, uri in given if kind in _BY_SECRET] + [uri for kind, uri in given if kind == _CERTIFICATE]
    found = [_allow(("secretsmanager:GetSecretValue",), uri) for uri in secrets]
    return [*found, _allow(_NETWORK, "*")] if kinds >= _IN_NETWORK else found


_WRITTEN: dict[str, Callable[[ResourceProperties], list[StatementData] | None]] = {
    "DocumentDB": _of_cluster,
    "MQ": _of_broker,
    "SelfManagedKafka": _of_servers,
}
_CALLED = {
    "DocumentDB": "SamAutoGeneratedDocumentDBPolicy",
    "MQ": "SamAutoGeneratedAMQPolicy",
    "SelfManagedKafka": "SelfManagedKafkaExecutionRolePolicy",
}


def _uri(event: ResourceProperties, kind: str) -> str:
    """What stands behind the one access configuration of a kind."""
    found = [each.text("URI") for each in event.items("SourceAccessConfigurations") if each.text("Type") == kind]
    return found[0] if len(found) == 1 else ""


def _allow(actions: tuple[str, ...], resource: str) -> StatementData:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}
