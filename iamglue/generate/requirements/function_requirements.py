"""Everything one function needs, in parts that know their place in the spec."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from iamglue.errors import IamglueError, Location, MultipleErrors
from iamglue.generate.requirements.counterpart_policies import entry_counterpart_policies
from iamglue.generate.requirements.entries import entry_needs
from iamglue.generate.requirements.raw_statements import find_raw_statement_problems
from iamglue.generate.requirements.settings import settings_needs, settings_notes
from iamglue.generate.requirements.triggers import (
    trigger_counterpart_policies,
    trigger_needs,
    trigger_notes,
    trigger_permissions,
)
from iamglue.model.permission_set import CounterpartPolicy, InvokePermission
from iamglue.model.required_access import DeploymentScope, RequiredAccess
from iamglue.model.spec import AccessEntry, RawStatement, SpecFunction, Trigger


@dataclass(frozen=True, slots=True)
class ItemRequirements:
    """What one item of a spec asks for."""

    location: Location
    needs: tuple[RequiredAccess, ...] = ()
    permissions: tuple[InvokePermission, ...] = ()
    counterparts: tuple[CounterpartPolicy, ...] = ()
    notes: tuple[str, ...] = ()


def function_requirements(function: SpecFunction, scope: DeploymentScope) -> tuple[ItemRequirements, ...]:
    """The parts of a function, in the spec's order: triggers, entries, settings.

    Raises Problems with every error of the function.
    """
    errors: list[IamglueError] = []
    found: list[ItemRequirements] = []
    for make in _makers(function, scope):
        try:
            found.append(make())
        except MultipleErrors as problems:
            errors += problems.problems
        except IamglueError as error:
            errors.append(error)
    if errors:
        raise MultipleErrors(errors)
    return tuple(found)


def _makers(function: SpecFunction, scope: DeploymentScope) -> Iterator[Callable[[], ItemRequirements]]:
    for trigger in function.triggers:
        yield partial(_trigger, trigger, function, scope)
    for entry in function.entries:
        yield partial(_entry, entry, function, scope)
    for raw in function.raw:
        yield partial(_raw, raw)
    place = function.settings_location or function.location
    yield lambda: ItemRequirements(place, settings_needs(function, scope), notes=settings_notes(function))


def _trigger(trigger: Trigger, function: SpecFunction, scope: DeploymentScope) -> ItemRequirements:
    return ItemRequirements(
        trigger.location,
        trigger_needs(trigger, function, scope),
        trigger_permissions(trigger, function, scope),
        trigger_counterpart_policies(trigger, function, scope),
        trigger_notes(trigger),
    )


def _entry(entry: AccessEntry, function: SpecFunction, scope: DeploymentScope) -> ItemRequirements:
    needs = entry_needs(entry, scope)
    halves = entry_counterpart_policies(entry, needs, function, scope)
    return ItemRequirements(entry.location, needs, counterparts=halves.counterparts, notes=halves.notes)


def _raw(raw: RawStatement) -> ItemRequirements:
    problems = find_raw_statement_problems(raw)
    if problems:
        raise MultipleErrors(problems)
    return ItemRequirements(raw.location)
