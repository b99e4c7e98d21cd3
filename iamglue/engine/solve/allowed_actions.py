"""The catalogue's actions with some request in an access. Actions with the same matching statements are one class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iamglue.engine.solve.access import Access, deduplicate_terms
from iamglue.engine.solve.action_bitsets import first_action
from iamglue.engine.solve.budget import spend
from iamglue.engine.solve.decomposition import decompose_access
from iamglue.engine.solve.search import ActionClass, CandidateRequest
from iamglue.engine.solve.unlisted import unlisted_classes
from iamglue.engine.solve.variables import AccessInstance, has_policy_variables, instantiate_variables
from iamglue.engine.solve.witness import confirmed_request, search_instance

# The number of statements that are evaluated in one step.
_TERMS_PER_STEP = 4


@dataclass(frozen=True, slots=True)
class AllowedActions:
    """A bitset of actions, and the reasons why it may be incomplete."""

    bitset: int
    incomplete_reasons: tuple[str, ...] = ()


def find_allowed_actions(access: Access, *, unlisted: bool = False) -> AllowedActions:
    """The catalogue's actions for which some request is in `access`. The statements confirm each of them.

    With `unlisted`, requests on ARNs that the catalogue does not list count as well.
    """
    results = [
        _find_instance_actions(access, instance, unlisted=unlisted)
        for part in decompose_access(deduplicate_terms(access))
        for instance in (instantiate_variables(part) if has_policy_variables(part) else (AccessInstance(part, ()),))
    ]
    bitset = 0
    for result in results:
        bitset |= result.bitset
    return AllowedActions(
        bitset, tuple(dict.fromkeys(reason for result in results for reason in result.incomplete_reasons))
    )


def _find_instance_actions(access: Access, instance: AccessInstance, *, unlisted: bool) -> AllowedActions:
    """The same for one instance of the access."""
    search = search_instance(instance)
    bitset = 0
    for matching_terms, formats in (*search.format_groups(), *(unlisted_classes(search) if unlisted else ())):
        for arn_format, actions in formats:
            remaining = actions & ~bitset
            if remaining and _has_confirmed_request(
                access,
                instance,
                search.candidates(ActionClass(matching_terms, ((arn_format, first_action(remaining)),))),
            ):
                bitset |= actions
    return AllowedActions(bitset, tuple(dict.fromkeys(search.incomplete_reasons)))


def _has_confirmed_request(access: Access, instance: AccessInstance, candidates: Iterator[CandidateRequest]) -> bool:
    """Whether the statements confirm one of the candidate requests."""
    for candidate in candidates:
        spend(1 + len(access.terms) // _TERMS_PER_STEP)
        if confirmed_request(access, instance, candidate):
            return True
    return False
