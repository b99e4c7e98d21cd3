"""Which of today's actions an access holds: each class of actions is asked for once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iamglue.engine.solve.access import Access, shared
from iamglue.engine.solve.action_bitsets import first_action
from iamglue.engine.solve.budget import spend
from iamglue.engine.solve.division import divided
from iamglue.engine.solve.search import Actions, Case, Search
from iamglue.engine.solve.unlisted import unlisted_classes
from iamglue.engine.solve.variables import Instance, has_policy_variables, instances
from iamglue.engine.solve.witness import confirmed_request

# So many statements are asked in a step.
_LEAVES = 4


@dataclass(frozen=True, slots=True)
class Held:
    """A set of actions as `universe` has them, and why there may be more of them."""

    mask: int
    gaps: tuple[str, ...] = ()


def held_actions(access: Access, *, unlisted: bool = False) -> Held:
    """The actions of the catalogue for which some request is in `access`, each confirmed by the statements.

    `unlisted`: requests on ARNs that the catalogue does not list count as well.
    """
    found = [
        _held(access, instance, unlisted=unlisted)
        for part in divided(shared(access))
        for instance in (instances(part) if has_policy_variables(part) else (Instance(part, ()),))
    ]
    mask = 0
    for each in found:
        mask |= each.mask
    return Held(mask, tuple(dict.fromkeys(gap for each in found for gap in each.gaps)))


def _held(access: Access, instance: Instance, *, unlisted: bool) -> Held:
    search = Search(instance.access)
    mask = 0
    for active, forms in (*search.classes(), *(unlisted_classes(search) if unlisted else ())):
        for form, actions in forms:
            left = actions & ~mask
            if left and _holds(access, instance, search.of(Actions(active, ((form, first_action(left)),)))):
                mask |= actions
    return Held(mask, tuple(dict.fromkeys(search.gaps)))


def _holds(access: Access, instance: Instance, cases: Iterator[Case]) -> bool:
    for case in cases:
        spend(1 + len(access.leaves) // _LEAVES)
        if confirmed_request(access, instance, case):
            return True
    return False
