"""Event source mappings: what Lambda polls for a function, as AWS lists it."""

from __future__ import annotations

from typing import Any

from iamglue.model.account import EventSourceMapping

_KAFKA = ("AmazonManagedKafkaEventSourceConfig", "SelfManagedKafkaEventSourceConfig")
_IDLE = ("Disabled", "Disabling")


def parse_event_source(found: dict[str, Any]) -> EventSourceMapping:
    """A mapping; the servers of a self-managed cluster, joined by commas, stand for the ARN it lacks."""
    servers = found.get("SelfManagedEventSource", {}).get("Endpoints", {}).get("KAFKA_BOOTSTRAP_SERVERS", ())
    groups = (found.get(kafka, {}).get("ConsumerGroupId") for kafka in _KAFKA)
    return EventSourceMapping(
        arn=found.get("EventSourceArn") or ",".join(servers),
        uuid=found["UUID"],
        enabled=found.get("State") not in _IDLE,
        on_failure=found.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"),
        topics=tuple(found.get("Topics", ())),
        queues=tuple(found.get("Queues", ())),
        consumer_group=next(filter(None, groups), None),
        authentication=tuple((each["Type"], each["URI"]) for each in found.get("SourceAccessConfigurations", ())),
    )


def mapped_function_arn(found: dict[str, Any]) -> str:
    """The ARN of the function that a mapping is for, without alias or version."""
    return ":".join(str(found.get("FunctionArn", "")).split(":")[:7])
