"""What a function's settings ask of its role: exactly what each needs, by `catalog/data/companions.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.catalog.services import find_service
from iamglue.catalog.setting_permissions import SettingPermission, setting_permissions
from iamglue.errors import IamglueError, Location
from iamglue.generate.requirements.destinations import destination_needs
from iamglue.generate.requirements.kms_keys import parse_kms_key
from iamglue.generate.requirements.labels import camel_case, resource_label
from iamglue.generate.requirements.log_groups import is_edge_function, log_group_name
from iamglue.generate.requirements.resource_arns import resource_arns
from iamglue.model.required_access import DeploymentScope, NeedOrigin, Reason, RequiredAccess
from iamglue.model.spec import SpecFunction, SpecResource
from iamglue.policy.conditions import Condition, build_condition

_REFERENCE = re.compile(r"\$\{(\w+)\}")
_DESTINATIONS = ("dead_letter", "on_success", "on_failure")


def settings_needs(function: SpecFunction, scope: DeploymentScope) -> tuple[RequiredAccess, ...]:
    """What the settings need, in the order of the table. Raises IamglueError at the place of the settings."""
    values = {"Partition": scope.partition, "Region": scope.region, "Account": scope.account}
    return (
        *_logs(function, values),
        *_flags(function, values),
        *_file_system(function, scope),
        *_environment_key(function, scope),
        *_sent(function, scope),
    )


def settings_notes(function: SpecFunction) -> tuple[str, ...]:
    """What the user should know of the settings."""
    found = []
    if function.settings.environment_key is not None:
        found.append(
            "environment_key: Lambda reads the environment by a grant of its own; kms:Decrypt on the role is for "
            "values that the code decrypts itself"
        )
    if function.settings.file_system is not None and not function.settings.vpc:
        found.append("file_system: a function that mounts a file system is in a VPC, and `vpc` is not true")
    return tuple(found)


def _logs(function: SpecFunction, values: dict[str, str]) -> Iterator[RequiredAccess]:
    logs = function.settings.logs
    if not logs.enabled:
        return
    # Lambda@Edge logs in the Region that the viewer is near.
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-logs.html
    own = values | {"group": log_group_name(function)} | ({"Region": "*"} if is_edge_function(function) else {})
    yield from _rows("logs", {"create"} if logs.create else set(), own)


def _flags(function: SpecFunction, values: dict[str, str]) -> Iterator[RequiredAccess]:
    for name in ("vpc", "tracing", "insights"):
        if getattr(function.settings, name):
            yield from _rows(name, set(), values)


def _file_system(function: SpecFunction, scope: DeploymentScope) -> Iterator[RequiredAccess]:
    found = function.settings.file_system
    if found is None:
        return
    place = _place(function)
    values = {
        "source": _efs("file-system", found.id, scope, place),
        "access_point": _efs("access-point", found.access_point, scope, place),
    }
    yield from _rows(
        "file_system", {"write"} if found.write else set(), values, resource_label(SpecResource(found.id), ())
    )


def _efs(kind: str, text: str, scope: DeploymentScope, place: Location) -> str:
    known = find_service("elasticfilesystem")
    if known is None:
        raise ValueError(kind)
    if "*" in text or "?" in text:
        raise IamglueError(f"`{text}` is a pattern; file_system names one {kind}", location=place)
    return resource_arns(known.resource_types[kind], SpecResource(text), scope, place)[0]


def _environment_key(function: SpecFunction, scope: DeploymentScope) -> Iterator[RequiredAccess]:
    key = function.settings.environment_key
    if key is None:
        return
    place = _place(function)
    if "*" in key or "?" in key:
        raise IamglueError(f"`{key}` is a pattern; a key is one key", location=place)
    arn, conditions = parse_kms_key(key, scope, place)
    for need in _rows("environment_key", set(), {"source": arn}):
        yield RequiredAccess(need.actions, need.resources, need.label, need.reason, conditions)


def _sent(function: SpecFunction, scope: DeploymentScope) -> Iterator[RequiredAccess]:
    for name in _DESTINATIONS:
        entry = getattr(function.settings, name)
        if entry is not None:
            yield from destination_needs(entry, name, scope)


def _rows(setting: str, details: set[str], values: dict[str, str], named: str = "") -> Iterator[RequiredAccess]:
    for row in setting_permissions():
        if row.setting == setting and (not row.when or row.when in details):
            on = _filled(row.on, values)
            words = "Any" if on == "*" else named or camel_case(row.label)
            yield RequiredAccess(
                row.actions, (on,), words, Reason(f"settings {setting}", NeedOrigin(setting)), _conditions(row, values)
            )


def _conditions(row: SettingPermission, values: dict[str, str]) -> tuple[Condition, ...]:
    if not row.condition:
        return ()
    operator, key, value = row.condition
    return (build_condition(operator, key, _filled(value, values)),)


def _filled(template: str, values: dict[str, str]) -> str:
    return _REFERENCE.sub(lambda match: values[match[1]], template)


def _place(function: SpecFunction) -> Location:
    return function.settings_location or function.location
