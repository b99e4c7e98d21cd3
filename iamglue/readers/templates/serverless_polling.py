"""What the Serverless Framework adds for brokers and Kafka clusters: mappings and statements of the function's role.

Follows the framework's packaging: https://github.com/serverless/serverless,
packages/serverless/lib/plugins/aws/package/compile/events (activemq.js, rabbitmq.js, msk, kafka.js)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from iamglue.policy.source.nodes import Node
from iamglue.readers.templates.conditional_values import expanded_items

Statements = tuple[dict[str, Any], ...]
Mapping = dict[str, Any]
_NETWORK = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeVpcs",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
)
_SECRET = ("secretsmanager:GetSecretValue",)
# Key of `accessConfigurations` -> the type in the mapping; secrets are granted to the role.
_KAFKA_SECRETS = {
    "saslPlainAuth": "BASIC_AUTH",
    "saslScram256Auth": "SASL_SCRAM_256_AUTH",
    "saslScram512Auth": "SASL_SCRAM_512_AUTH",
    "clientCertificateTlsAuth": "CLIENT_CERTIFICATE_TLS_AUTH",
    "serverRootCaCertificate": "SERVER_ROOT_CA_CERTIFICATE",
}
_KAFKA_NETWORK = {"vpcSubnet": "VPC_SUBNET", "vpcSecurityGroup": "VPC_SECURITY_GROUP"}


def allow(actions: tuple[str, ...], *resources: Any) -> dict[str, Any]:
    """A statement that allows actions on resources."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def _broker(event: Node) -> tuple[Mapping, Statements]:
    """The mapping and statements for a queue of an Amazon MQ broker."""
    secret, broker = event.get("basicAuthArn"), event.get("arn")
    access = [{"Type": "BASIC_AUTH", "URI": secret}] if secret is not None else []
    queues = [queue for queue in (event.get("queue"),) if queue is not None]
    mapping = {"EventSourceArn": broker or event, "Queues": queues, "SourceAccessConfigurations": access}
    secrets = (allow(_SECRET, secret),) if secret is not None else ()
    return mapping, (*secrets, allow(("mq:DescribeBroker",), mapping["EventSourceArn"]), allow(_NETWORK, "*"))


def _managed_cluster(event: Node) -> tuple[Mapping, Statements]:
    """The mapping and statements for a topic of an Amazon MSK cluster; its secret is not granted to the role."""
    cluster, secret, group = event.get("arn") or event, event.get("saslScram512"), event.get("consumerGroupId")
    mapping: Mapping = {
        "EventSourceArn": cluster,
        "Topics": [topic for topic in (event.get("topic"),) if topic is not None],
    }
    if secret is not None:
        mapping["SourceAccessConfigurations"] = [{"Type": "SASL_SCRAM_512_AUTH", "URI": secret}]
    if group is not None:
        mapping["AmazonManagedKafkaEventSourceConfig"] = {"ConsumerGroupId": group}
    return mapping, (allow(("kafka:DescribeCluster", "kafka:GetBootstrapBrokers"), cluster), allow(_NETWORK, "*"))


def _own_cluster(event: Node) -> tuple[Mapping, Statements]:
    """The mapping and statements for a topic of a self-managed Kafka cluster."""
    accesses = list(_accesses(event.get("accessConfigurations")))
    servers = list(expanded_items(event.get("bootstrapServers")))
    mapping = {
        "SelfManagedEventSource": {"Endpoints": {"KafkaBootstrapServers": servers}},
        "Topics": [topic for topic in (event.get("topic"),) if topic is not None],
        "SourceAccessConfigurations": [{"Type": kind, "URI": uri} for kind, uri in accesses],
    }
    secrets = [uri for kind, uri in accesses if kind in _KAFKA_SECRETS.values()]
    has_network = any(kind in _KAFKA_NETWORK.values() for kind, _ in accesses)
    statements = [allow(_SECRET, *secrets)] if secrets else []
    return mapping, (*statements, *((allow(_NETWORK, "*"),) if has_network else ()))


def _accesses(configurations: Node | None) -> Iterator[tuple[str, Node]]:
    """Yield the type and value of each access configuration."""
    for key, values in configurations.pairs if configurations is not None else ():
        kind = (_KAFKA_SECRETS | _KAFKA_NETWORK).get(key.text, key.text)
        yield from ((kind, value) for value in expanded_items(values))


# Event -> its mapping and statements.
POLLED_EVENTS: dict[str, Callable[[Node], tuple[Mapping, Statements]]] = {
    "activemq": _broker,
    "kafka": _own_cluster,
    "msk": _managed_cluster,
    "rabbitmq": _broker,
}
