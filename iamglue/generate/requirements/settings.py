"""The needs of a function's settings, from the table `catalog/data/companions.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from iamglue.catalog.setting_permissions import SettingPermission, setting_permissions
from iamglue.errors import IamglueError, Location
from iamglue.generate.requirements.destinations import destination_needs
from iamglue.generate.requirements.durable_functions import (
    durable_notes,
    own_executions_condition,
    unused_destinations,
)
from iamglue.generate.requirements.file_systems import direct_read_needs, mount
from iamglue.generate.requirements.kms_keys import parse_kms_key
from iamglue.generate.requirements.labels import camel_case, resource_label
from iamglue.generate.requirements.log_groups import is_edge_function, log_group_name
from iamglue.generate.requirements.trigger_sources import function_arn
from iamglue.model.required_access import DeploymentScope, NeedOrigin, Reason, RequiredAccess
from iamglue.model.spec import SpecFunction, SpecResource
from iamglue.policy.conditions import Condition, build_condition

_REFERENCE = re.compile(r"\$\{(\w+)\}")
_DESTINATIONS = ("dead_letter", "on_success", "on_failure")
_ALWAYS = frozenset({""})


def settings_needs(function: SpecFunction, scope: DeploymentScope) -> tuple[RequiredAccess, ...]:
    """The needs of the settings, in the order of the table. Raises IamglueError at the settings' location."""
    values = {"Partition": scope.partition, "Region": scope.region, "Account": scope.account}
    return (
        *_log_needs(function, values),
        *_flag_needs(function, values),
        *_file_system_needs(function, scope),
        *_environment_key_needs(function, scope),
        *_durable_needs(function, scope, values),
        *_destination_setting_needs(function, scope),
    )


def settings_notes(function: SpecFunction) -> tuple[str, ...]:
    """Notes for the user about the settings."""
    notes = []
    if function.settings.environment_key is not None:
        notes.append(
            "environment_key: Lambda decrypts the environment with its own grant; the role needs kms:Decrypt only for "
            "values that the code decrypts itself"
        )
    if function.settings.file_system is not None and not function.settings.vpc:
        notes.append("file_system: a function that mounts a file system must be in a VPC, but `vpc` is not true")
    return (*notes, *durable_notes(function))


def _log_needs(function: SpecFunction, values: dict[str, str]) -> Iterator[RequiredAccess]:
    """Yield the needs to write logs, and to create the log group unless the spec says that it exists."""
    logs = function.settings.logs
    if not logs.enabled:
        return
    # Lambda@Edge logs in the Region nearest to the viewer.
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-logs.html
    log_values = values | {"group": log_group_name(function)} | ({"Region": "*"} if is_edge_function(function) else {})
    yield from _setting_needs("logs", _ALWAYS | {"create"} if logs.create else _ALWAYS, log_values)


def _flag_needs(function: SpecFunction, values: dict[str, str]) -> Iterator[RequiredAccess]:
    """Yield the needs of the settings that are only on or off."""
    for name in ("vpc", "tracing", "insights"):
        if getattr(function.settings, name):
            yield from _setting_needs(name, _ALWAYS, values)


def _file_system_needs(function: SpecFunction, scope: DeploymentScope) -> Iterator[RequiredAccess]:
    """Yield the needs to mount the file system, and to read the bucket of S3 Files directly."""
    file_system = function.settings.file_system
    if file_system is None:
        return
    location = _settings_location(function)
    mounted = mount(file_system, scope, location)
    values = {"source": mounted.source, "access_point": mounted.access_point}
    yield from _setting_needs("file_system", mounted.details, values, resource_label(SpecResource(file_system.id), ()))
    yield from direct_read_needs(file_system, scope, location)


def _durable_needs(function: SpecFunction, scope: DeploymentScope, values: dict[str, str]) -> Iterator[RequiredAccess]:
    """Yield the needs of a durable function; its key may be used for the data of its own executions only."""
    if function.settings.durable is None:
        return
    key = function.settings.durable.key
    yield from _setting_needs("durable", _ALWAYS, values | {"function": function_arn(function, scope)})
    if key is not None:
        arn, conditions = _single_key(key, "durable", function, scope)
        for need in _setting_needs("durable", frozenset({"key"}), values | {"key": arn}):
            limits = (*need.conditions, *conditions, own_executions_condition(function, scope))
            reason = replace(need.reason, origin=NeedOrigin.DURABLE_KEY)
            yield replace(need, reason=reason, conditions=tuple(sorted(limits)))


def _environment_key_needs(function: SpecFunction, scope: DeploymentScope) -> Iterator[RequiredAccess]:
    """Yield the need to decrypt with the key of the environment variables, for code that does it itself."""
    key = function.settings.environment_key
    if key is None:
        return
    arn, conditions = _single_key(key, "environment_key", function, scope)
    for need in _setting_needs("environment_key", _ALWAYS, {"source": arn}):
        yield replace(need, conditions=conditions)


def _single_key(
    key: str, setting: str, function: SpecFunction, scope: DeploymentScope
) -> tuple[str, tuple[Condition, ...]]:
    """The ARN and conditions of the key of a setting. Raises IamglueError for a pattern."""
    location = _settings_location(function)
    if "*" in key or "?" in key:
        raise IamglueError(f"`{key}` is a pattern; `{setting}` must name one key", location=location)
    return parse_kms_key(key, scope, location)


def _destination_setting_needs(function: SpecFunction, scope: DeploymentScope) -> Iterator[RequiredAccess]:
    """Yield the needs to send to destinations. They are checked also where Lambda does not use them."""
    for name in _DESTINATIONS:
        entry = getattr(function.settings, name)
        if entry is not None:
            needs = destination_needs(entry, name, scope)
            yield from () if name in unused_destinations(function) else needs


def _setting_needs(
    setting: str, details: frozenset[str], values: dict[str, str], resource_name: str = ""
) -> Iterator[RequiredAccess]:
    """Yield the needs in the rows of a setting whose `when` is in `details`; "" is that of rows without one."""
    for row in setting_permissions():
        if row.setting == setting and row.when in details:
            resource = _fill_template(row.on, values)
            label = "Any" if resource == "*" else resource_name or camel_case(row.label)
            yield RequiredAccess(
                row.actions,
                (resource,),
                label,
                Reason(f"settings {setting}", NeedOrigin(setting)),
                _row_conditions(row, values),
            )


def _row_conditions(row: SettingPermission, values: dict[str, str]) -> tuple[Condition, ...]:
    """The condition of a row with its values filled in; () if it has none."""
    if not row.condition:
        return ()
    operator, key, value = row.condition
    return (build_condition(operator, key, _fill_template(value, values)),)


def _fill_template(template: str, values: dict[str, str]) -> str:
    return _REFERENCE.sub(lambda match: values[match[1]], template)


def _settings_location(function: SpecFunction) -> Location:
    return function.settings_location or function.location
