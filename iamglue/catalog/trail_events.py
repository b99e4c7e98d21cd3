"""How CloudTrail names services and operations: the tables `trail_sources.tsv` and `trail_events.tsv`.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from iamglue.catalog.operations import client_prefix, service_clients
from iamglue.catalog.sdk_methods import client_operations
from iamglue.catalog.services import find_service
from iamglue.catalog.tables import table_rows

_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn")
_ANY = "*"


@dataclass(frozen=True, slots=True)
class EventSource:
    """The service of an event source: its IAM prefix, and the boto3 clients whose operations its events name."""

    name: str
    prefix: str
    clients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """What our table says of an event: its operation (`client`, `operation`), else its actions, else the reason.

    `reason` is the name of the reason why it is not a request for an action, "" for those that are.
    """

    client: str
    operation: str
    actions: tuple[str, ...]
    reason: str


@cache
def find_event_source(text: str) -> EventSource | None:
    """The service of an `eventSource` (`monitoring.amazonaws.com`); None if unknown."""
    name = text.lower()
    for domain in _DOMAINS:
        name = name.removesuffix(domain)
    row = _source_rows().get(name)
    if row is not None:
        return EventSource(name, row["prefix"], tuple(row["clients"].split()))
    if find_service(name) is not None:
        return EventSource(name, name, service_clients(name))
    prefix = client_prefix(name)
    return EventSource(name, prefix, (name,)) if prefix else None


def listed_event(source: str, name: str) -> ListedEvent | None:
    """What our table says of an event of a source (without `.amazonaws.com`); None if it is not listed."""
    return _listed_events().get((source, name)) or _listed_events().get((source, _ANY))


@cache
def listed_actions(service: str) -> tuple[str, ...]:
    """The actions of a service (its IAM prefix) that our table gives for events that are no operation."""
    names = {name for listed in _listed_events().values() for name in listed.actions}
    return tuple(sorted(name for name in names if name.startswith(f"{service}:")))


@cache
def source_operations(source: EventSource) -> dict[str, tuple[str, ...]]:
    """The operations of a source's service, each with the clients that have it, in their order."""
    operations: dict[str, tuple[str, ...]] = {}
    for client in source.clients:
        for operation in client_operations(client):
            operations[operation] = (*operations.get(operation, ()), client)
    return operations


@cache
def _source_rows() -> dict[str, dict[str, str]]:
    return {row["event_source"]: row for row in table_rows("trail_sources")}


@cache
def _listed_events() -> dict[tuple[str, str], ListedEvent]:
    """The events of the table by source and name; the name `*` stands for all other events of a source."""
    events: dict[tuple[str, str], ListedEvent] = {}
    for row in table_rows("trail_events"):
        client, _, operation = row["operation"].partition(".")
        listed = ListedEvent(client, operation, tuple(row["actions"].split()), row["reason"])
        events.update({(row["event_source"], name): listed for name in row["events"].split()})
    return events
