"""Statements that allow actions with write access on every resource of a type, and that are in effect.

Actions that the same statements match and that have resources of the same shape are allowed or denied together, so one
action of each such group is evaluated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from operator import or_

from iamglue.catalog.context_keys import is_property_of_resource, key_kind
from iamglue.catalog.resource_formats import has_corrections
from iamglue.catalog.sensitive_actions import credential_actions, data_read_actions
from iamglue.catalog.services import changing_actions
from iamglue.catalog.setting_permissions import setting_permissions
from iamglue.catalog.verbs import actions_on_any_resource
from iamglue.engine.solve.access import StatementTerm
from iamglue.engine.solve.action_bitsets import (
    actions_in,
    by_service,
    first_action,
    names_bitset,
    pattern_bitset,
    patterns_bitset,
)
from iamglue.policy.arns import is_single_star, resource_matches
from iamglue.risk.any_resource import covers_shape, may_cover_shape
from iamglue.risk.effective_access import EffectiveAccess
from iamglue.risk.policy_layer import RequestGrant
from iamglue.risk.sample_resources import resource_shapes

_CHANGING = ("Write", "Permissions management")
_HARMLESS = ("describe", "list")  # if such an action changes anything, it is not a resource of the account


@dataclass(frozen=True, slots=True, eq=False)
class BroadStatement:
    """A statement, the bitset of its actions that change every resource of a type, and the grant of one of them."""

    term: StatementTerm
    action_bitset: int
    grant: RequestGrant


def find_broad_statements(access: EffectiveAccess, reported_actions: Iterable[str]) -> Iterator[BroadStatement]:
    """Each Allow statement that has such actions; `reported_actions` are left out, as other rules report them."""
    reported = patterns_bitset(tuple(sorted(set(reported_actions))))
    for term in access.identity_layer.on_any_resource.allows:
        mask = term.action_bitset & access.possible_actions & ~reported
        if not mask:
            continue
        unrestricted, grant = _unrestricted_grant(access, term, mask)
        by_shape, shape_grant = _grants_by_shape(
            access, term, mask & ~unrestricted & ~access.always_allowed if term.is_unrestricted else mask
        )
        allowed = grant or shape_grant
        if allowed is not None:
            yield BroadStatement(term, unrestricted | by_shape, allowed)


def _grants_by_shape(access: EffectiveAccess, term: StatementTerm, mask: int) -> tuple[int, RequestGrant | None]:
    """The actions of a bitset that are allowed on every resource of a shape, and the grant of the first."""
    allowed_actions, grant = 0, None
    for shape, actions in actions_by_shape(mask):
        if not may_cover_shape(term, shape):
            continue
        for group in _actions_alike(access, term, actions & ~allowed_actions):
            allowed = access.grant_by_statement(term, first_action(group), shape)
            if allowed is not None:
                allowed_actions, grant = allowed_actions | group, grant or allowed
    return allowed_actions, grant


def _unrestricted_grant(access: EffectiveAccess, term: StatementTerm, mask: int) -> tuple[int, RequestGrant | None]:
    """Like `_grants_by_shape`, for actions that an unrestricted statement allows and nothing denies or limits."""
    allowed_actions = actions_owned_by_rule(mask & access.always_allowed) if term.is_unrestricted else 0
    if not allowed_actions:
        return 0, None
    action = first_action(allowed_actions)
    return allowed_actions, access.grant_by_statement(term, action, resource_shapes(action)[0])


def actions_on(pattern: str, mask: int) -> int:
    """The actions of a bitset whose resources, all of some shape, a Resource pattern matches."""
    if is_single_star(pattern):
        return mask
    return reduce(or_, (actions for shape, actions in actions_by_shape(mask) if covers_shape(pattern, shape)), 0)


def broad_resource_pattern(term: StatementTerm, arn: str) -> str:
    """The Resource pattern of a statement that matches an ARN."""
    resources = term.statement.resources
    values = resources.values if resources is not None else ()
    if resources is not None and resources.negated:
        return f"NotResource {values[0]}" if values else "*"
    return next((value for value in values if resource_matches(value, arn)), "*")


@lru_cache(maxsize=4096)
def actions_owned_by_rule(mask: int) -> int:
    """The actions of a bitset with write access and resource types that no other rule reports."""
    actions_bitset = 0
    for service, service_actions in by_service(mask):
        if has_corrections(service):
            actions_bitset |= reduce(or_, (actions for _, actions in actions_by_shape(service_actions)), 0)
        else:
            actions_bitset |= service_actions & _owned_by_service(service)
    return actions_bitset


@cache
def _owned_by_service(service: str) -> int:
    names = (name for name, written in changing_actions(service).items() if _is_owned(f"{service}:{written}"))
    return names_bitset(service, names)


@lru_cache(maxsize=4096)
def actions_by_shape(mask: int) -> tuple[tuple[str, int], ...]:
    """The actions that `actions_owned_by_rule` returns, by the shape of their resources."""
    bitsets: dict[str, int] = {}
    for action in actions_in(mask):
        name = str(action)
        if action.access_level.startswith(_CHANGING) and _is_owned(name):
            for shape in resource_shapes(name):
                bitsets[shape] = bitsets.get(shape, 0) | pattern_bitset(name)
    return tuple(bitsets.items())


def _is_owned(action: str) -> bool:
    name = action.partition(":")[2].lower()
    return not name.startswith(_HARMLESS) and action not in _excluded_actions()


@cache
def _excluded_actions() -> frozenset[str]:
    """Actions that other rules report, and those that AWS's guides allow on `*` for a setting or a purpose."""
    settings = {name for permission in setting_permissions() if permission.on == "*" for name in permission.actions}
    return frozenset({*settings, *actions_on_any_resource(), *data_read_actions(), *credential_actions()})


def _actions_alike(access: EffectiveAccess, term: StatementTerm, mask: int) -> list[int]:
    """The bitset of actions of a statement in parts that are decided alike.

    The same Deny statements and limits match all actions of a part, and the same condition keys describe its resources.
    """
    groups = [mask] if mask else []
    limiting = (limit for layer in access.limits for limit in layer.terms)
    others = [other for other in (*access.identity_layer.denies, *limiting) if other.action_bitset & mask]
    for other in others:
        if mask & ~other.action_bitset:
            groups = [
                piece
                for group in groups
                for piece in (group & other.action_bitset, group & ~other.action_bitset)
                if piece
            ]
    conditions = (condition for tested in (term, *others) for condition in tested.statement.conditions)
    keys = frozenset(key for condition in conditions if key_kind(key := condition.key.lower()) is None)
    return [piece for group in groups for piece in _by_properties(group, keys)] if keys else groups


def _by_properties(mask: int, keys: frozenset[str]) -> Iterable[int]:
    """The bitset in parts by which of the keys describe the resources of an action."""
    parts: dict[frozenset[str], int] = {}
    for action in map(str, actions_in(mask)):
        properties = frozenset(key for key in keys if is_property_of_resource(key, action))
        parts[properties] = parts.get(properties, 0) | pattern_bitset(action)
    return parts.values()
