"""Whether a caller's access has the steps of an escalation path: its actions, each on the resources that it needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache, reduce
from operator import or_

from iamglue.catalog.escalation_paths import EscalationPath, escalation_paths
from iamglue.engine.solve.action_bitsets import element_bitset, patterns_bitset
from iamglue.policy.model import MatchList
from iamglue.risk.effective_access import AssumedContext, EffectiveAccess
from iamglue.risk.policy_layer import RequestGrant

# These change the access of the role itself; applied to another role they are not an escalation.
_ATTACHING = frozenset({"iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:AttachGroupPolicy"})
_PASSING = "iam:PassRole"
# AWS managed policies that give administrator access: the second one allows every change of policies.
_ADMINISTRATOR_POLICIES = ("AdministratorAccess", "IAMFullAccess")


def possible_paths(access: EffectiveAccess) -> Iterator[EscalationPath]:
    """The paths whose actions may all be allowed; fast for the many callers that have none."""
    return (
        path
        for path in _paths_with_actions(access.possible_actions & _all_path_actions())
        if all(map(access.may_allow, path.actions))
    )


def may_open_path(elements: Iterable[MatchList]) -> bool:
    """Whether Action elements of Allow statements together may open a path; fast, and never wrongly False."""
    actions = reduce(or_, map(element_bitset, elements), 0)
    return bool(_paths_with_actions(actions & _all_path_actions()))


def may_start_path(access: EffectiveAccess) -> bool:
    """Whether an action that starts a path may be allowed; fast, and never wrongly False."""
    return bool(access.possible_actions & _first_actions())


def grants_on_all(path: EscalationPath, access: EffectiveAccess) -> list[RequestGrant] | None:
    """The grants of the actions that a path needs on every resource; None if one is denied."""
    grants = []
    for action, shape in path.required_on_all:
        grant = access.grant_on_all(action, shape, assumed_context(path, action, access))
        if grant is None:
            return None
        grants.append(grant)
    return grants


def grants_on_some(path: EscalationPath, access: EffectiveAccess) -> list[RequestGrant] | None:
    """The grants of the actions that a path needs on some resource; None if one is denied."""
    grants = []
    for action in path.required_on_some:
        grant = access.grant_on_some_resource(action)
        if grant is None:
            return None
        grants.append(grant)
    return grants


def completing_grant(path: EscalationPath, access: EffectiveAccess) -> RequestGrant | None:
    """The grant of one of the actions that complete a path, so that the caller needs nobody else."""
    grants = (access.grant_on_some_resource(action) for action in path.completed_by)
    return next((grant for grant in grants if grant is not None), None)


def assumed_context(path: EscalationPath, action: str, access: EffectiveAccess) -> AssumedContext:
    """The condition keys and values of the request for an action of a path."""
    if action == _PASSING:
        return (("iam:passedtoservice", path.passed_to),)
    return attached_policy_context(action, access) if action in _ATTACHING else ()


def attached_policy_context(action: str, access: EffectiveAccess) -> AssumedContext:
    """The condition key for the policy that a call of `action` attaches: the first administrator policy allowed."""
    contexts = [
        (("iam:policyarn", f"arn:{access.location[0]}:iam::aws:policy/{name}"),) for name in _ADMINISTRATOR_POLICIES
    ]
    return next((context for context in contexts if access.grant_on_some_resource(action, context)), contexts[0])


@lru_cache(maxsize=2048)
def _paths_with_actions(most: int) -> tuple[EscalationPath, ...]:
    """The paths whose known actions are all in a bitset."""
    return tuple(path for bits, path in _path_bitsets() if most & bits == bits)


@cache
def _path_bitsets() -> tuple[tuple[int, EscalationPath], ...]:
    """Each path with the bitset of its actions."""
    return tuple((patterns_bitset(path.actions), path) for path in escalation_paths())


@cache
def _first_actions() -> int:
    return patterns_bitset(tuple(sorted({path.required_on_all[0][0] for path in escalation_paths()})))


@cache
def _all_path_actions() -> int:
    return reduce(or_, (bits for bits, _ in _path_bitsets()), 0)
