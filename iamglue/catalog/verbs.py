"""The verbs of the spec: for a service and a list, the smallest set of actions for one purpose."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from iamglue.catalog.operations import normalized_name
from iamglue.catalog.tables import table_rows


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb. `resource_type` is "*" for actions without a resource; `condition` is then the key that names one."""

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
    return tuple(verb for verb in _verbs_by_service().get(service, ()) if access in (None, verb.access))


def find_verb(service: str, access: str, name: str) -> Verb | None:
    """The verb with that name, or None; ignores case, `_` and `-`: `ExecuteStatement` is `execute-statement`."""
    return _verbs_by_name(service, access).get(normalized_name(name))


def default_verb(service: str, access: str) -> Verb | None:
    """The verb of an entry without `do`; None if the list has no default for the service."""
    return next((verb for verb in verbs(service, access) if verb.default), None)


def verb_resource_type(action: str) -> str | None:
    """The resource type for which a verb uses `prefix:Name`; None if there is none, or more than one."""
    types = {verb.resource_type for verb in verbs(action.partition(":")[0]) if action in verb.actions} - {"*"}
    return types.pop() if len(types) == 1 else None


@cache
def verb_resource_types(service: str) -> frozenset[str]:
    """The lower-case resource types of the service's verbs: those that a bare name can mean."""
    return frozenset(verb.resource_type.lower() for verb in verbs(service))


@cache
def _verbs_by_name(service: str, access: str) -> dict[str, Verb]:
    return {normalized_name(verb.name): verb for verb in reversed(verbs(service, access))}


@cache
def _verbs_by_service() -> dict[str, tuple[Verb, ...]]:
    """The verbs of each service, in the table's order."""
    table: dict[str, list[Verb]] = {}
    for row in table_rows("verbs"):
        table.setdefault(row["service"], []).append(_parse_verb(row))
    return {service: tuple(service_verbs) for service, service_verbs in table.items()}


def _parse_verb(row: dict[str, str]) -> Verb:
    """The verb of a row, whose actions have no prefix."""
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


@cache
def actions_on_any_resource() -> frozenset[str]:
    """The actions that a verb grants on `*`, as AWS's guides do, although the reference may list resource types."""
    return frozenset(
        action
        for service_verbs in _verbs_by_service().values()
        for verb in service_verbs
        if verb.resource_type == "*"
        for action in verb.actions
    )


@cache
def limiting_condition_keys() -> dict[str, str]:
    """The actions without a resource that a condition key limits, with the key."""
    return {
        action: verb.condition
        for service_verbs in _verbs_by_service().values()
        for verb in service_verbs
        if verb.resource_type == "*" and verb.condition
        for action in verb.actions
    }
