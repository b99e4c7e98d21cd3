"""The requirements of one function, item by item with the location of each item in the spec."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from iamglue.errors import IamglueError, Location, MultipleErrors
from iamglue.generate.requirements.counterpart_policies import entry_counterpart_policies
from iamglue.generate.requirements.dependent_notes import dependent_notes
from iamglue.generate.requirements.destinations import destination_needs
from iamglue.generate.requirements.durable_functions import durable_counterpart_policies
from iamglue.generate.requirements.entries import entry_needs
from iamglue.generate.requirements.entry_notes import entry_notes
from iamglue.generate.requirements.entry_parts import entry_parts
from iamglue.generate.requirements.need_notes import need_notes
from iamglue.generate.requirements.raw_statements import find_raw_statement_problems
from iamglue.generate.requirements.resource_names import check_resource_names, resource_name_notes
from iamglue.generate.requirements.schedules import trigger_schedule
from iamglue.generate.requirements.settings import settings_needs, settings_notes
from iamglue.generate.requirements.trigger_sources import build_trigger_source
from iamglue.generate.requirements.triggers import (
    trigger_counterpart_policies,
    trigger_needs,
    trigger_notes,
    trigger_permissions,
)
from iamglue.model.permission_set import CounterpartPolicy, FunctionSchedule, InvokePermission
from iamglue.model.required_access import DeploymentScope, RequiredAccess
from iamglue.model.spec import AccessEntry, RawStatement, SpecFunction, Trigger


@dataclass(frozen=True, slots=True)
class ItemRequirements:
    """The needs, permissions, counterpart policies, schedules and notes of one item of a spec."""

    location: Location
    needs: tuple[RequiredAccess, ...] = ()
    permissions: tuple[InvokePermission, ...] = ()
    counterparts: tuple[CounterpartPolicy, ...] = ()
    schedules: tuple[FunctionSchedule, ...] = ()
    notes: tuple[str, ...] = ()


def function_requirements(function: SpecFunction, scope: DeploymentScope) -> tuple[ItemRequirements, ...]:
    """The requirements of a function: of its triggers, entries, raw statements and settings, in this order.

    Raises MultipleErrors with every error of the function.
    """
    errors: list[IamglueError] = []
    requirements: list[ItemRequirements] = []
    for build in _requirement_builders(function, scope):
        try:
            requirements.append(build())
        except MultipleErrors as problems:
            errors += problems.problems
        except IamglueError as error:
            errors.append(error)
    if errors:
        raise MultipleErrors(errors)
    return _with_dependent_notes(requirements, function)


def _with_dependent_notes(requirements: list[ItemRequirements], function: SpecFunction) -> tuple[ItemRequirements, ...]:
    """Add the notes to entries; what Lambda itself calls for triggers and settings is documented as a whole."""
    entry_locations = {entry.location for entry in function.entries}
    granted = {action for item in requirements for need in item.needs for action in need.actions}
    granted.update(action for raw in function.raw for action in raw.actions)
    return tuple(
        replace(item, notes=item.notes + dependent_notes(item.needs, item.location, granted))
        if item.location in entry_locations
        else item
        for item in requirements
    )


def _requirement_builders(function: SpecFunction, scope: DeploymentScope) -> Iterator[Callable[[], ItemRequirements]]:
    """Yield one function per item, so that the caller can collect the errors of every item."""
    for trigger in function.triggers:
        yield partial(_trigger_requirements, trigger, function, scope)
    for entry in function.entries:
        yield partial(_entry_requirements, entry, function, scope)
    for raw in function.raw:
        yield partial(_raw_requirements, raw)
    settings_location = function.settings_location or function.location
    yield partial(_settings_requirements, function, scope, settings_location)


def _trigger_requirements(trigger: Trigger, function: SpecFunction, scope: DeploymentScope) -> ItemRequirements:
    """What a trigger requires. The policies of a schedule that is written with the function are part of it."""
    arn = build_trigger_source(trigger, function, scope).arn
    arns = (arn,) if arn else ()
    counterparts = trigger_counterpart_policies(trigger, function, scope)
    schedule = trigger_schedule(trigger, function, scope, counterparts)
    check_resource_names(arns, trigger.resource_location or trigger.location)
    _check_destination_names(trigger.on_failure, "mapping", scope)
    return ItemRequirements(
        trigger.location,
        trigger_needs(trigger, function, scope),
        trigger_permissions(trigger, function, scope),
        tuple(replace(counterpart, in_documents=schedule is None) for counterpart in counterparts),
        (schedule,) if schedule else (),
        (*trigger_notes(trigger), *resource_name_notes(arns)),
    )


def _entry_requirements(entry: AccessEntry, function: SpecFunction, scope: DeploymentScope) -> ItemRequirements:
    """What an entry requires: its needs, the policies on other accounts' resources, and notes."""
    parts = [(part, entry_needs(part, scope)) for part in entry_parts(entry, scope)]
    elsewhere = [entry_counterpart_policies(part, needs, function, scope) for part, needs in parts]
    all_needs = tuple(need for _, needs in parts for need in needs)
    arns = [arn for need in all_needs for arn in need.resources]
    check_resource_names(arns, entry.resource_location or entry.location)
    return ItemRequirements(
        entry.location,
        all_needs,
        counterparts=tuple(policy for item in elsewhere for policy in item.counterparts),
        notes=(
            *(note for item in elsewhere for note in item.notes),
            *entry_notes(entry, function.entries),
            *need_notes(entry, all_needs),
            *resource_name_notes(arns),
        ),
    )


def _settings_requirements(function: SpecFunction, scope: DeploymentScope, location: Location) -> ItemRequirements:
    """What the settings require; the names in them are checked as those of entries are."""
    settings = function.settings
    for name in ("dead_letter", "on_success", "on_failure"):
        _check_destination_names(getattr(settings, name), name, scope)
    needs = settings_needs(function, scope)
    arns = [arn for need in needs for arn in need.resources]
    check_resource_names(arns, location)
    return ItemRequirements(
        location,
        needs,
        counterparts=durable_counterpart_policies(function, scope),
        notes=(*settings_notes(function), *resource_name_notes(arns)),
    )


def _check_destination_names(entry: AccessEntry | None, setting: str, scope: DeploymentScope) -> None:
    """Raise IamglueError, or MultipleErrors, for a destination whose name no resource can have."""
    if entry is not None:
        arns = [arn for need in destination_needs(entry, setting, scope) for arn in need.resources]
        check_resource_names(arns, entry.resource_location or entry.location)


def _raw_requirements(raw: RawStatement) -> ItemRequirements:
    """Nothing, as `generate` takes raw statements as they are. Raises MultipleErrors for problems in one."""
    problems = find_raw_statement_problems(raw)
    if problems:
        raise MultipleErrors(problems)
    return ItemRequirements(raw.location)
