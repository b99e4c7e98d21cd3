"""Everything one function needs, in parts that know their place in the spec."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from iamglue.errors import IamglueError, Location, Problems
from iamglue.generate.requirements.counterpart_policies import other_halves
from iamglue.generate.requirements.entries import entry_needs
from iamglue.generate.requirements.raw import raw_problems
from iamglue.generate.requirements.settings import settings_needs, settings_notes
from iamglue.generate.requirements.triggers import trigger_needs, trigger_notes, trigger_peers, trigger_permissions
from iamglue.model.need import Need, Scope
from iamglue.model.permission_set import InvokePermission, Peer
from iamglue.model.spec import Entry, Function, RawStatement, Trigger


@dataclass(frozen=True, slots=True)
class Part:
    """What one item of a spec asks for."""

    location: Location
    needs: tuple[Need, ...] = ()
    permissions: tuple[InvokePermission, ...] = ()
    peers: tuple[Peer, ...] = ()
    notes: tuple[str, ...] = ()


def function_parts(function: Function, scope: Scope) -> tuple[Part, ...]:
    """The parts of a function, in the spec's order: triggers, entries, settings.

    Raises Problems with every error of the function.
    """
    errors: list[IamglueError] = []
    found: list[Part] = []
    for make in _makers(function, scope):
        try:
            found.append(make())
        except Problems as problems:
            errors += problems.problems
        except IamglueError as error:
            errors.append(error)
    if errors:
        raise Problems(errors)
    return tuple(found)


def _makers(function: Function, scope: Scope) -> Iterator[Callable[[], Part]]:
    for trigger in function.triggers:
        yield partial(_trigger, trigger, function, scope)
    for entry in function.entries:
        yield partial(_entry, entry, function, scope)
    for raw in function.raw:
        yield partial(_raw, raw)
    place = function.settings_location or function.location
    yield lambda: Part(place, settings_needs(function, scope), notes=settings_notes(function))


def _trigger(trigger: Trigger, function: Function, scope: Scope) -> Part:
    return Part(
        trigger.location,
        trigger_needs(trigger, function, scope),
        trigger_permissions(trigger, function, scope),
        trigger_peers(trigger, function, scope),
        trigger_notes(trigger),
    )


def _entry(entry: Entry, function: Function, scope: Scope) -> Part:
    needs = entry_needs(entry, scope)
    halves = other_halves(entry, needs, function, scope)
    return Part(entry.location, needs, peers=halves.peers, notes=halves.notes)


def _raw(raw: RawStatement) -> Part:
    problems = raw_problems(raw)
    if problems:
        raise Problems(problems)
    return Part(raw.location)
