"""Which of today's actions an access holds: each class of actions is asked for once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iamglue.access.arn_classes import services_named
from iamglue.access.request import Request
from iamglue.access.search import Actions, Case, Search, atoms
from iamglue.access.sets import Access
from iamglue.access.universe import ANY_RESOURCE, action_of, everything, formats_by_service
from iamglue.access.variables import Instance, has_policy_variables, instances


@dataclass(frozen=True, slots=True)
class Held:
    """A set of actions as `universe` has them, and why there may be more of them."""

    mask: int
    gaps: tuple[str, ...] = ()


def held_actions(access: Access) -> Held:
    """The actions of the catalogue for which some request is in `access`, each confirmed by the statements."""
    if not has_policy_variables(access):
        return _held(access, Instance(access, ()))
    found = [_held(access, instance) for instance in instances(access)]
    mask = 0
    for each in found:
        mask |= each.mask
    return Held(mask, tuple(dict.fromkeys(gap for each in found for gap in each.gaps)))


def _held(access: Access, instance: Instance) -> Held:
    search = Search(instance.access)
    most = instance.access.bounds[0]
    most = most & everything() if most < 0 else most
    mask = 0
    for atom in atoms(most, search.leaves):
        active = tuple(bool(leaf.mask & atom) for leaf in search.leaves)
        if search.problem.formula([None if on else False for on in active]) is not False:
            patterns = tuple(p for at, on in enumerate(active) if on for p in search.patterns[at])
            for form, actions in _classes(atom, services_named(patterns)):
                left = actions & ~mask
                if left and _holds(access, instance, _cases(search, active, form, left)):
                    mask |= actions
    return Held(mask, tuple(dict.fromkeys(search.gaps)))


def _cases(search: Search, active: tuple[bool, ...], form: str, actions: int) -> Iterator[Case]:
    name = str(action_of((actions & -actions).bit_length() - 1))
    return search.of(Actions(active, ((form, name),)))


def _classes(atom: int, told: frozenset[str] | None) -> Sequence[tuple[str, int]]:
    """The formats of the ARNs that an atom's actions take, each with those actions.

    The formats of services that no Resource pattern names make no difference to each other: they stand as one.
    """
    found = []
    others, other = 0, ""
    for service, own in sorted(formats_by_service().items()):
        apart = told is None or service in told or service == ANY_RESOURCE or service.startswith("${")
        for form, mask in own.items():
            both = mask & atom
            if both and apart:
                found.append((form, both))
            elif both:
                others, other = others | both, other or form
    return [*found, (other, others)] if others else found


def _holds(access: Access, instance: Instance, cases: Iterator[Case]) -> bool:
    requests = (
        Request(case.action, case.resource, instance.with_context(case.context), case.principal) for case in cases
    )
    return any(access.contains(request) is True for request in requests)
