"""The share of each service's write and data actions that a policy allows on every resource.

It says whether a policy, such as an AWS managed policy, is made for whole services and not for one function. Actions
without resource types are not counted, because their Resource must be "*". Statements with conditions do not count.
"""

from __future__ import annotations

from functools import cache, lru_cache, reduce
from operator import or_

from iamglue.catalog.broad_policies import EVERY_SERVICE, ServiceShare
from iamglue.catalog.sensitive_actions import credential_actions, data_read_actions
from iamglue.catalog.services import changing_actions
from iamglue.engine.solve.action_bitsets import actions_in, by_service, element_bitset, names_bitset, pattern_bitset
from iamglue.policy.arns import is_single_star
from iamglue.policy.model import Effect, Policy, Statement
from iamglue.risk.any_resource import covers_shape
from iamglue.risk.sample_resources import resource_shapes


# Many roles have the same AWS managed policies.
@lru_cache(maxsize=1024)
def service_shares(policy: Policy) -> tuple[ServiceShare, ...]:
    """The shares of the services that a policy allows something of, the largest first."""
    if any(map(_is_full_access, policy.statements)):
        return (EVERY_SERVICE,)
    allowed, denied = (
        reduce(or_, (_wide_actions(statement) for statement in policy.statements if statement.effect is effect), 0)
        for effect in (Effect.ALLOW, Effect.DENY)
    )
    shares = (
        ServiceShare(service, actions.bit_count(), _counted_actions(service).bit_count())
        for service, actions in by_service(allowed & ~denied)
    )
    return tuple(sorted(shares, key=lambda share: (-share.allowed / share.total, -share.allowed, share.service)))


def _is_full_access(statement: Statement) -> bool:
    """Whether a statement allows everything: all actions on all resources, without a condition."""
    return (
        _is_unconditional_allow(statement)
        and any(not value.strip("*") for value in statement.actions.values)
        and not statement.actions.negated
        and _is_every_resource(statement)
    )


def _is_unconditional_allow(statement: Statement) -> bool:
    return statement.effect is Effect.ALLOW and not statement.conditions


def _is_every_resource(statement: Statement) -> bool:
    resources = statement.resources
    return resources is not None and not resources.negated and any(map(is_single_star, resources.values))


def _wide_actions(statement: Statement) -> int:
    """The counted actions that a statement without conditions matches on every resource of a type."""
    resources = statement.resources
    if statement.conditions or resources is None or (resources.negated and statement.effect is Effect.DENY):
        return 0
    counted = reduce(
        or_, (part & _counted_actions(service) for service, part in by_service(element_bitset(statement.actions))), 0
    )
    if resources.negated or _is_every_resource(statement):
        return counted
    covered = (
        actions
        for shape, actions in _actions_by_shape(counted)
        if any(covers_shape(value, shape) for value in resources.values)
    )
    return reduce(or_, covered, 0)


@cache
def _counted_actions(service: str) -> int:
    """The actions of a service that change a resource, read stored data or return credentials."""
    sensitive = (*data_read_actions(), *credential_actions())
    of_service = (pattern_bitset(action) for action in sensitive if action.startswith(f"{service}:"))
    return reduce(or_, of_service, names_bitset(service, changing_actions(service)))


@lru_cache(maxsize=4096)
def _actions_by_shape(mask: int) -> tuple[tuple[str, int], ...]:
    """The actions of a bit set by the shape of ARN on which AWS checks them; an action may have several."""
    bitsets: dict[str, int] = {}
    for action in map(str, actions_in(mask)):
        for shape in resource_shapes(action):
            bitsets[shape] = bitsets.get(shape, 0) | pattern_bitset(action)
    return tuple(bitsets.items())
