"""Which of today's actions an access holds: each class of actions is asked for once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iamglue.engine.solve.access import Access, deduplicate_terms
from iamglue.engine.solve.action_bitsets import first_action
from iamglue.engine.solve.budget import spend
from iamglue.engine.solve.decomposition import decompose_access
from iamglue.engine.solve.search import ActionClass, CandidateRequest, Search
from iamglue.engine.solve.unlisted import unlisted_classes
from iamglue.engine.solve.variables import AccessInstance, has_policy_variables, instantiate_variables
from iamglue.engine.solve.witness import confirmed_request

# So many statements are asked in a step.
_LEAVES = 4


@dataclass(frozen=True, slots=True)
class AllowedActions:
    """A set of actions as `universe` has them, and why there may be more of them."""

    bitset: int
    incomplete_reasons: tuple[str, ...] = ()


def find_allowed_actions(access: Access, *, unlisted: bool = False) -> AllowedActions:
    """The actions of the catalogue for which some request is in `access`, each confirmed by the statements.

    `unlisted`: requests on ARNs that the catalogue does not list count as well.
    """
    found = [
        _held(access, instance, unlisted=unlisted)
        for part in decompose_access(deduplicate_terms(access))
        for instance in (instantiate_variables(part) if has_policy_variables(part) else (AccessInstance(part, ()),))
    ]
    mask = 0
    for each in found:
        mask |= each.bitset
    return AllowedActions(mask, tuple(dict.fromkeys(gap for each in found for gap in each.incomplete_reasons)))


def _held(access: Access, instance: AccessInstance, *, unlisted: bool) -> AllowedActions:
    search = Search(instance.access)
    mask = 0
    for active, forms in (*search.classes(), *(unlisted_classes(search) if unlisted else ())):
        for form, actions in forms:
            left = actions & ~mask
            if left and _holds(access, instance, search.candidates(ActionClass(active, ((form, first_action(left)),)))):
                mask |= actions
    return AllowedActions(mask, tuple(dict.fromkeys(search.incomplete_reasons)))


def _holds(access: Access, instance: AccessInstance, cases: Iterator[CandidateRequest]) -> bool:
    for case in cases:
        spend(1 + len(access.terms) // _LEAVES)
        if confirmed_request(access, instance, case):
            return True
    return False
