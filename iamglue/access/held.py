"""Which of today's actions an access holds: each class of actions is asked for once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iamglue.access.budget import spend
from iamglue.access.division import divided
from iamglue.access.request import Request
from iamglue.access.search import Actions, Case, Search
from iamglue.access.sets import Access, shared
from iamglue.access.universe import first_action
from iamglue.access.variables import Instance, has_policy_variables, instances

# So many statements are asked in a step.
_LEAVES = 4


@dataclass(frozen=True, slots=True)
class Held:
    """A set of actions as `universe` has them, and why there may be more of them."""

    mask: int
    gaps: tuple[str, ...] = ()


def held_actions(access: Access) -> Held:
    """The actions of the catalogue for which some request is in `access`, each confirmed by the statements."""
    parts = divided(shared(access))
    found = [
        _held(access, instance)
        for part in parts
        for instance in (instances(part) if has_policy_variables(part) else (Instance(part, ()),))
    ]
    mask = 0
    for each in found:
        mask |= each.mask
    return Held(mask, tuple(dict.fromkeys(gap for each in found for gap in each.gaps)))


def _held(access: Access, instance: Instance) -> Held:
    search = Search(instance.access)
    mask = 0
    for active, formats in search.classes():
        for form, actions in formats:
            left = actions & ~mask
            if left and _holds(access, instance, search.of(Actions(active, ((form, first_action(left)),)))):
                mask |= actions
    return Held(mask, tuple(dict.fromkeys(search.gaps)))


def _holds(access: Access, instance: Instance, cases: Iterator[Case]) -> bool:
    requests = (
        Request(case.action, case.resource, instance.with_context(case.context), case.principal) for case in cases
    )
    for request in requests:
        spend(1 + len(access.leaves) // _LEAVES)
        if access.contains(request) is True:
            return True
    return False
