"""The verbs of the spec: for a service and a list, the smallest set of actions that serves one intent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from iamglue.catalog.tables import table_rows


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb. `resource_type` is "*" for actions that take no resource; `condition` is then the key that names one."""

    service: str
    access: str
    name: str
    default: bool
    resource_type: str
    actions: tuple[str, ...]
    condition: str
    source: str


@cache
def verbs(service: str, access: str | None = None) -> tuple[Verb, ...]:
    """The verbs of a service, of one list (`reads`, `writes`, `calls`) or of all, in the table's order."""
    return tuple(verb for verb in _all().get(service, ()) if access in (None, verb.access))


def find_verb(service: str, access: str, name: str) -> Verb | None:
    """The verb of that name, or None. `_` and `-` are the same, and so are capitals and small letters."""
    wanted = name.lower().replace("_", "-")
    return next((found for found in verbs(service, access) if found.name == wanted), None)


def default_verb(service: str, access: str) -> Verb | None:
    """What an entry without `do` means, or None where the list has no default for the service."""
    return next((found for found in verbs(service, access) if found.default), None)


def verb_resource_type(action: str) -> str | None:
    """The resource type with which a verb uses `prefix:Name`, or None when no verb does."""
    found = {v.resource_type for v in verbs(action.partition(":")[0]) if action in v.actions}
    return found.pop() if len(found) == 1 else None


@cache
def verb_resource_types(service: str) -> frozenset[str]:
    """The resource types, in lower case, that the service's verbs act on: those that a bare name means."""
    return frozenset(v.resource_type.lower() for v in verbs(service))


@cache
def _all() -> dict[str, tuple[Verb, ...]]:
    table: dict[str, list[Verb]] = {}
    for row in table_rows("verbs"):
        table.setdefault(row["service"], []).append(_verb(row))
    return {service: tuple(found) for service, found in table.items()}


def _verb(row: dict[str, str]) -> Verb:
    service = row["service"]
    return Verb(
        service,
        row["list"],
        row["verb"],
        bool(row["default"]),
        row["resource_type"],
        tuple(f"{service}:{name}" for name in row["actions"].split()),
        row["condition"],
        row["source"],
    )
