"""What can invoke a function: for each trigger of the spec, the facts of `data/triggers.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from iamglue.catalog.services import ResourceType, find_service
from iamglue.catalog.tables import toml_document


class TriggerKind(StrEnum):
    """Whose permission allows the invocation."""

    PUSH = "push"
    POLL = "poll"
    PEER = "peer"
    EDGE = "edge"


@dataclass(frozen=True, slots=True)
class TriggerNeed:
    """Actions that the execution role requires on `on`, if every option of `when` is set."""

    actions: tuple[str, ...]
    on: str
    label: str
    source: str
    when: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TriggerCounterpart:
    """A statement of a counterpart policy; `where` says whose. `on` is empty in a trust policy."""

    where: str
    actions: tuple[str, ...]
    on: tuple[str, ...]
    source: str
    principal: str = ""
    when: tuple[str, ...] = ()
    source_arn: str = ""
    source_account: bool = False


@dataclass(frozen=True, slots=True)
class TriggerFacts:
    """A trigger; the fields are documented at the top of `data/triggers.toml`."""

    name: str
    kind: TriggerKind
    source: str
    principal: str = ""
    smart_home_principal: str = ""
    resource: ResourceType | None = None
    text: str = ""
    defaults: tuple[tuple[str, str], ...] = ()
    slashes: bool = False
    holder: str = ""
    options: tuple[str, ...] = ()
    source_arn: bool = False
    source_account: bool = False
    known_by: str = ""
    key: str = ""
    destination: bool = False
    wants_secret: bool = False
    note: str = ""
    needs: tuple[TriggerNeed, ...] = ()
    counterparts: tuple[TriggerCounterpart, ...] = ()


@cache
def trigger_names() -> tuple[str, ...]:
    """The names of all triggers, sorted."""
    return tuple(sorted(toml_document("triggers")))


@cache
def trigger_facts(name: str) -> TriggerFacts | None:
    """The facts of a trigger; None if there is no trigger with that name."""
    table = toml_document("triggers").get(name)
    return None if table is None else _parse_facts(name, dict(table))


def _parse_facts(name: str, table: dict[str, Any]) -> TriggerFacts:
    """The facts of a trigger's table; its own `arns` replace those of AWS's reference."""
    arns = tuple(table.pop("arns", ()))
    resource = table.pop("resource", None)
    needs = tuple(TriggerNeed(**_with_tuples(row)) for row in table.pop("needs", ()))
    counterparts = tuple(TriggerCounterpart(**_with_tuples(row)) for row in table.pop("counterparts", ()))
    return TriggerFacts(
        name=name,
        kind=TriggerKind(table.pop("kind")),
        resource=_resource_type(resource, arns) if resource else None,
        defaults=tuple(table.pop("defaults", {}).items()),
        needs=needs,
        counterparts=counterparts,
        **_with_tuples(table),
    )


def _resource_type(text: str, arns: tuple[str, ...]) -> ResourceType:
    """The resource type `prefix/name` of a trigger's source. Raises ValueError for an unknown service."""
    prefix, _, type_name = text.partition("/")
    if arns:
        return ResourceType(prefix, type_name, arns, ())
    service = find_service(prefix)
    if service is None:
        raise ValueError(f"triggers.toml: no service {prefix}")
    return service.resource_types[type_name.lower()]


def _with_tuples(row: dict[str, Any]) -> dict[str, Any]:
    """A table of the TOML file with tuples instead of lists."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
