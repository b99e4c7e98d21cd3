"""The needs of a function's settings, from the table `catalog/data/companions.toml`."""

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
    """Return the needs of the settings, in the order of the table. Raises IamglueError at the settings' location."""
    values = {"Partition": scope.partition, "Region": scope.region, "Account": scope.account}
    return (
        *_log_needs(function, values),
        *_flag_needs(function, values),
        *_file_system_needs(function, scope),
        *_environment_key_needs(function, scope),
        *_destination_setting_needs(function, scope),
    )


def settings_notes(function: SpecFunction) -> tuple[str, ...]:
    """Return notes for the user about the settings."""
    notes = []
    if function.settings.environment_key is not None:
        notes.append(
            "environment_key: Lambda decrypts the environment with its own grant; the role needs kms:Decrypt only for "
            "values that the code decrypts itself"
        )
    if function.settings.file_system is not None and not function.settings.vpc:
        notes.append("file_system: a function that mounts a file system must be in a VPC, but `vpc` is not true")
    return tuple(notes)


def _log_needs(function: SpecFunction, values: dict[str, str]) -> Iterator[RequiredAccess]:
    logs = function.settings.logs
    if not logs.enabled:
        return
    # Lambda@Edge logs in the Region nearest to the viewer.
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-logs.html
    log_values = values | {"group": log_group_name(function)} | ({"Region": "*"} if is_edge_function(function) else {})
    yield from _setting_needs("logs", {"create"} if logs.create else set(), log_values)


def _flag_needs(function: SpecFunction, values: dict[str, str]) -> Iterator[RequiredAccess]:
    for name in ("vpc", "tracing", "insights"):
        if getattr(function.settings, name):
            yield from _setting_needs(name, set(), values)


def _file_system_needs(function: SpecFunction, scope: DeploymentScope) -> Iterator[RequiredAccess]:
    file_system = function.settings.file_system
    if file_system is None:
        return
    location = _settings_location(function)
    values = {
        "source": _efs_arn("file-system", file_system.id, scope, location),
        "access_point": _efs_arn("access-point", file_system.access_point, scope, location),
    }
    yield from _setting_needs(
        "file_system",
        {"write"} if file_system.write else set(),
        values,
        resource_label(SpecResource(file_system.id), ()),
    )


def _efs_arn(kind: str, text: str, scope: DeploymentScope, location: Location) -> str:
    service = find_service("elasticfilesystem")
    if service is None:
        raise ValueError(kind)
    if "*" in text or "?" in text:
        raise IamglueError(f"`{text}` is a pattern; `file_system` must name one {kind}", location=location)
    return resource_arns(service.resource_types[kind], SpecResource(text), scope, location)[0]


def _environment_key_needs(function: SpecFunction, scope: DeploymentScope) -> Iterator[RequiredAccess]:
    key = function.settings.environment_key
    if key is None:
        return
    location = _settings_location(function)
    if "*" in key or "?" in key:
        raise IamglueError(f"`{key}` is a pattern; `environment_key` must name one key", location=location)
    arn, conditions = parse_kms_key(key, scope, location)
    for need in _setting_needs("environment_key", set(), {"source": arn}):
        yield RequiredAccess(need.actions, need.resources, need.label, need.reason, conditions)


def _destination_setting_needs(function: SpecFunction, scope: DeploymentScope) -> Iterator[RequiredAccess]:
    for name in _DESTINATIONS:
        entry = getattr(function.settings, name)
        if entry is not None:
            yield from destination_needs(entry, name, scope)


def _setting_needs(
    setting: str, details: set[str], values: dict[str, str], resource_name: str = ""
) -> Iterator[RequiredAccess]:
    """Yield the needs in the rows of a setting; `details` selects the rows with a `when`."""
    for row in setting_permissions():
        if row.setting == setting and (not row.when or row.when in details):
            resource = _fill_template(row.on, values)
            label = "Any" if resource == "*" else resource_name or camel_case(row.label)
            yield RequiredAccess(
                row.actions,
                (resource,),
                label,
                Reason(f"settings {setting}", NeedOrigin(setting)),
                _conditions(row, values),
            )


def _conditions(row: SettingPermission, values: dict[str, str]) -> tuple[Condition, ...]:
    if not row.condition:
        return ()
    operator, key, value = row.condition
    return (build_condition(operator, key, _fill_template(value, values)),)


def _fill_template(template: str, values: dict[str, str]) -> str:
    return _REFERENCE.sub(lambda match: values[match[1]], template)


def _settings_location(function: SpecFunction) -> Location:
    return function.settings_location or function.location
