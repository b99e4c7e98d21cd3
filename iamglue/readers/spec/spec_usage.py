"""Finds the triggers, settings and options of a spec that concern a service, from the tables and the schemas."""

from __future__ import annotations

from iamglue.catalog.setting_permissions import destination_services, setting_permissions
from iamglue.catalog.trigger_reference import trigger_references
from iamglue.catalog.triggers import trigger_facts
from iamglue.model.spec_usage import SpecUsage
from iamglue.readers.spec.entry_keys import DESTINATION_SETTINGS, SERVICE_OPTIONS
from iamglue.readers.spec.spec_schemas import DESCRIPTION, ENTRY_OPTIONS, SETTINGS_KEYS, KeySchemas


def spec_usage(service: str) -> SpecUsage:
    """The triggers, settings and options of entries that concern the service with this IAM prefix."""
    options = [name for name in ENTRY_OPTIONS if SERVICE_OPTIONS.get(name) == service]
    return SpecUsage(
        tuple(reference for reference in trigger_references() if _is_source(service, reference.name)),
        _describe_keys(SETTINGS_KEYS, [name for name in SETTINGS_KEYS if _is_used_by(service, name)]),
        _describe_keys(ENTRY_OPTIONS, options),
    )


def _describe_keys(schemas: KeySchemas, names: list[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, schemas[name]["metadata"][DESCRIPTION]) for name in names)


def _is_source(service: str, trigger: str) -> bool:
    """Whether a resource of the service, or the service itself, invokes the function."""
    facts = trigger_facts(trigger)
    return trigger == service or (
        facts is not None and facts.resource is not None and facts.resource.service == service
    )


def _is_used_by(service: str, setting: str) -> bool:
    """Whether the setting names a resource of the service, or grants the service's actions."""
    if setting in DESTINATION_SETTINGS:
        return service in destination_services(setting)
    rows = [row for row in setting_permissions() if row.setting == setting]
    return any(action.startswith(f"{service}:") for row in rows for action in row.actions)
