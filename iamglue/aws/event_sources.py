"""Parses the event source mappings of functions."""

from __future__ import annotations

from typing import Any

from iamglue.model.account import EventSourceMapping

_KAFKA_CONFIGS = ("AmazonManagedKafkaEventSourceConfig", "SelfManagedKafkaEventSourceConfig")
_DISABLED_STATES = ("Disabled", "Disabling")


def parse_event_source(mapping: dict[str, Any]) -> EventSourceMapping:
    """Parse a mapping. A self-managed cluster has no ARN: `arn` is its servers, separated by commas."""
    servers = mapping.get("SelfManagedEventSource", {}).get("Endpoints", {}).get("KAFKA_BOOTSTRAP_SERVERS", ())
    groups = (mapping.get(kafka, {}).get("ConsumerGroupId") for kafka in _KAFKA_CONFIGS)
    return EventSourceMapping(
        arn=mapping.get("EventSourceArn") or ",".join(servers),
        uuid=mapping["UUID"],
        enabled=mapping.get("State") not in _DISABLED_STATES,
        on_failure=mapping.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"),
        topics=tuple(mapping.get("Topics", ())),
        queues=tuple(mapping.get("Queues", ())),
        consumer_group=next(filter(None, groups), None),
        authentication=tuple(
            (access["Type"], access["URI"]) for access in mapping.get("SourceAccessConfigurations", ())
        ),
    )


def mapped_function_arn(mapping: dict[str, Any]) -> str:
    """The ARN of a mapping's function, without alias or version."""
    return ":".join(str(mapping.get("FunctionArn", "")).split(":")[:7])
