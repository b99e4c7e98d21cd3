"""Event source mappings that SAM creates for events, and the policies that it attaches or generates for polling.

Follows AWS's translator: https://github.com/aws/serverless-application-model, aws-sam-translator 1.115.0
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from iamglue.model.account import EventSourceMapping
from iamglue.readers.templates.account_draft import deployment_arn
from iamglue.readers.templates.template_functions import build_event_source
from iamglue.readers.templates.template_properties import ResourceProperties


@dataclass(frozen=True, slots=True)
class SamEventSource:
    """An event that Lambda polls.

    `property` has the source's ARN, `service` is the prefix of the source's service, `policy` the managed policy that
    SAM attaches for it; empty if there is none.
    """

    property: str
    service: str
    policy: str = ""


SAM_EVENT_SOURCES = {
    "DocumentDB": SamEventSource("Cluster", "rds"),
    "DynamoDB": SamEventSource("Stream", "dynamodb", "AWSLambdaDynamoDBExecutionRole"),
    "Kinesis": SamEventSource("Stream", "kinesis", "AWSLambdaKinesisExecutionRole"),
    "MQ": SamEventSource("Broker", "mq"),
    "MSK": SamEventSource("Stream", "kafka", "AWSLambdaMSKExecutionRole"),
    "SQS": SamEventSource("Queue", "sqs", "AWSLambdaSQSQueueExecutionRole"),
    "SelfManagedKafka": SamEventSource("", "self-managed-kafka"),
}
StatementData = dict[str, Any]
_SECRET, _CERTIFICATE = "BASIC_AUTH", "SERVER_ROOT_CA_CERTIFICATE"
_SECRET_TYPES = frozenset(
    {_SECRET, "SASL_SCRAM_256_AUTH", "SASL_SCRAM_512_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH", "OAUTHBEARER_AUTH"}
)
_NETWORK_TYPES = frozenset({"VPC_SUBNET", "VPC_SECURITY_GROUP"})
_KAFKA_TYPES = _SECRET_TYPES | _NETWORK_TYPES | {_CERTIFICATE, "IAM_AUTH", "IAM_OAUTHBEARER_AUTH"}
_NETWORK_ACTIONS = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeVpcs",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
)


def sam_event_source(event: ResourceProperties, kind: str) -> EventSourceMapping:
    """The event source mapping of an event that Lambda polls."""
    source = SAM_EVENT_SOURCES[kind]
    arn = event.text(source.property) if source.property else ",".join(event.texts("KafkaBootstrapServers"))
    mapping = build_event_source(event, arn)
    group = mapping.consumer_group or event.text("ConsumerGroupId") or None
    return replace(mapping, consumer_group=group, service=source.service)


def sam_queue_event_source(name: str, event: ResourceProperties) -> EventSourceMapping | None:
    """The mapping for the queue between an SNS topic and the function; None for an event without such a queue.

    `name` is the event's logical ID; SAM derives the name of the queue that it creates from it.
    """
    if not event.has("SqsSubscription") or event.text("SqsSubscription") == "false":
        return None
    sam_queue_arn = deployment_arn("sqs", f"${{{name}Queue.QueueName}}")
    arn = event.text("SqsSubscription", "QueueArn") or sam_queue_arn
    return EventSourceMapping(arn, uuid=f"{name}EventSourceMapping", service="sqs")


def sam_destination(properties: ResourceProperties, when: str) -> str:
    """The ARN of the destination of a function's asynchronous invocations (OnSuccess, OnFailure); empty if not known.

    SAM creates the queue or topic of a destination that names none.
    https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventinvokedestinationconfiguration.html
    """
    path, name = ("EventInvokeConfig", "DestinationConfig", when), f"{properties.id}EventInvokeConfig{when}"
    if properties.has(*path, "Destination"):
        return properties.text(*path, "Destination")
    created = {"SQS": ("sqs", f"${{{name}Queue.QueueName}}"), "SNS": ("sns", f"${{{name}Topic.TopicName}}")}
    kind = properties.text(*path, "Type")
    return deployment_arn(*created[kind]) if kind in created else ""


def sam_polling_policy(name: str, kind: str, event: ResourceProperties) -> tuple[str, list[StatementData]] | None:
    """The name and statements of the policy that SAM generates for an event; None if they are not known.

    `name` is the event's logical ID.
    """
    statements = _STATEMENT_BUILDERS[kind](event)
    if statements is None or event.has("SchemaRegistryConfig"):
        return None
    key = event.text("SecretsManagerKmsKeyId")
    if key:
        statements.append(_allow(("kms:Decrypt",), deployment_arn("kms", f"key/{key}")))
    policy_name = (
        f"{name}AMQPolicy" if kind == "MQ" and event.text("DynamicPolicyName") == "true" else _POLICY_NAMES[kind]
    )
    return policy_name, statements


def _broker_statements(event: ResourceProperties) -> list[StatementData] | None:
    """The statements for an Amazon MQ broker; None if the secret or the broker is not known."""
    secret, broker = _access_uri(event, _SECRET), event.text("Broker")
    if not secret or not broker:
        return None
    return [_allow(("secretsmanager:GetSecretValue",), secret), _allow(("mq:DescribeBroker",), broker)]


def _cluster_statements(event: ResourceProperties) -> list[StatementData] | None:
    """The statements for a DocumentDB cluster; None if the secret or the cluster is not known."""
    secret, cluster = _access_uri(event, _SECRET), event.text("Cluster")
    if not secret or not cluster:
        return None
    return [
        _allow(("secretsmanager:GetSecretValue",), secret),
        _allow(("rds:DescribeDBClusterParameters",), deployment_arn("rds", "cluster-pg:*")),
        _allow(("rds:DescribeDBSubnetGroups",), deployment_arn("rds", "subgrp:*")),
        _allow(("rds:DescribeDBClusters",), cluster),
        _allow(_NETWORK_ACTIONS, "*"),
    ]


def _kafka_statements(event: ResourceProperties) -> list[StatementData] | None:
    """The statements for a self-managed Kafka cluster; None if its authentication is missing or unknown."""
    accesses = [(access.text("Type"), access.text("URI")) for access in event.items("SourceAccessConfigurations")]
    kinds = {kind for kind, _ in accesses}
    if not kinds or not kinds <= _KAFKA_TYPES:
        return None
    secrets = [uri for kind, uri in accesses if kind in _SECRET_TYPES] + [
        uri for kind, uri in accesses if kind == _CERTIFICATE
    ]
    statements = [_allow(("secretsmanager:GetSecretValue",), uri) for uri in secrets]
    return [*statements, _allow(_NETWORK_ACTIONS, "*")] if kinds >= _NETWORK_TYPES else statements


_STATEMENT_BUILDERS: dict[str, Callable[[ResourceProperties], list[StatementData] | None]] = {
    "DocumentDB": _cluster_statements,
    "MQ": _broker_statements,
    "SelfManagedKafka": _kafka_statements,
}
_POLICY_NAMES = {
    "DocumentDB": "SamAutoGeneratedDocumentDBPolicy",
    "MQ": "SamAutoGeneratedAMQPolicy",
    "SelfManagedKafka": "SelfManagedKafkaExecutionRolePolicy",
}


def _access_uri(event: ResourceProperties, kind: str) -> str:
    """The URI of the only access configuration of a type; empty if there are none or several."""
    uris = [access.text("URI") for access in event.items("SourceAccessConfigurations") if access.text("Type") == kind]
    return uris[0] if len(uris) == 1 else ""


def _allow(actions: tuple[str, ...], resource: str) -> StatementData:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}
