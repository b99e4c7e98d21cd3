"""The members of mappings that `**values` gives a call or a dictionary."""

from __future__ import annotations

from iamglue.infer.code.python.abstract_objects import ABSENT, NONE, NOTHING, FixedPoint, Site, Unit, Values
from iamglue.infer.code.python.containers import Container, copy_items


def members_of(values: Values, machine: FixedPoint, unit: Unit) -> tuple[dict[str, Values], bool]:
    """The members of mappings, and whether there may be others; ABSENT is among those that not all of them have."""
    mappings = [obj for obj in values if isinstance(obj, Container)]
    is_open = bool(values - NONE - frozenset(mappings))
    members: dict[str, Values] = {}
    count: dict[str, int] = {}
    for obj in mappings:
        for key in obj.keys(machine, unit):
            if len(key) == 1 and isinstance(key[0], str):
                members[key[0]] = members.get(key[0], NOTHING) | obj.stored(machine, key, unit)
                count[key[0]] = count.get(key[0], 0) + 1
            else:
                is_open = True
    return {
        name: stored if count[name] == len(mappings) else stored | ABSENT for name, stored in members.items()
    }, is_open


def spread_mappings(values: Values, target: Container, at: Site) -> None:
    """Store `**values` in a dictionary: what not all of the mappings have may be absent."""
    before = frozenset(target.keys(at.machine, None))
    for obj in values:
        copy_items(obj, target, at)
    members, _ = members_of(values, at.machine, at.unit)
    for name, stored in members.items():
        if (name,) not in before:
            target.put(at, (name,), stored & ABSENT)
