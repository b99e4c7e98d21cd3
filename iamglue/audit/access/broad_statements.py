"""Statements that allow actions with write access on every resource of a type, and that are in effect.

Actions that the same statements match and that have resources of the same shape are allowed or denied together, so one
action of each such group is evaluated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from operator import or_

from iamglue.audit.access.policy_layers import RequestGrant
from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.access.sample_resources import resource_shapes
from iamglue.audit.escalation.paths import OpenEscalationPath
from iamglue.catalog.resource_formats import has_corrections
from iamglue.catalog.sensitive_actions import credential_actions, data_read_actions, exposing_actions
from iamglue.catalog.services import changing_actions
from iamglue.catalog.setting_permissions import setting_permissions
from iamglue.engine.solve.access import StatementTerm
from iamglue.engine.solve.action_bitsets import (
    actions_in,
    by_service,
    first_action,
    names_bitset,
    pattern_bitset,
    patterns_bitset,
)
from iamglue.policy.arns import resource_matches

_CHANGING = ("Write", "Permissions management")
_HARMLESS = ("describe", "list")  # if such an action changes anything, it is not a resource of the account


@dataclass(frozen=True, slots=True, eq=False)
class BroadStatement:
    """A statement, the bitset of its actions that change every resource of a type, and the grant of one of them."""

    term: StatementTerm
    action_bitset: int
    grant: RequestGrant


def find_broad_statements(access: RoleAccess, open_paths: Iterable[OpenEscalationPath]) -> Iterator[BroadStatement]:
    """Each Allow statement that has such actions, except those that the open escalation paths use."""
    opened = [grant_used.action for opening in open_paths for grant_used in opening.grants]
    reported = patterns_bitset(tuple(sorted(set(opened))))
    for term in access.identity_layer.on_any_resource.allows:
        mask = term.action_bitset & access.possible_actions & ~reported
        unrestricted, grant = _unrestricted_grant(access, term, mask)
        by_shape, shape_grant = _grants_by_shape(
            access, term, mask & ~unrestricted & ~access.always_allowed if term.is_unrestricted else mask
        )
        allowed = grant or shape_grant
        if allowed is not None:
            yield BroadStatement(term, unrestricted | by_shape, allowed)


def _grants_by_shape(access: RoleAccess, term: StatementTerm, mask: int) -> tuple[int, RequestGrant | None]:
    """The actions of a bitset that are allowed on every resource of a shape, and the grant of the first."""
    allowed_actions, grant = 0, None
    for shape, actions in actions_by_shape(mask):
        for group in _actions_alike(access, actions & ~allowed_actions):
            action = first_action(group)
            allowed = access.grant_on_all(action, shape)
            if allowed is not None and not _is_granted_by(access, term, allowed):
                # The request is one example; with other context this statement may allow it too.
                allowed = access.grant_by_statement(term, action, shape)
            if allowed is not None:
                allowed_actions, grant = allowed_actions | group, grant or allowed
    return allowed_actions, grant


def _unrestricted_grant(access: RoleAccess, term: StatementTerm, mask: int) -> tuple[int, RequestGrant | None]:
    """Like `_by_shapes`, for actions that an unrestricted statement allows and nothing denies or limits."""
    allowed_actions = actions_owned_by_rule(mask & access.always_allowed) if term.is_unrestricted else 0
    if not allowed_actions:
        return 0, None
    action = first_action(allowed_actions)
    return allowed_actions, access.grant_on_all(action, resource_shapes(action)[0])


def _is_granted_by(access: RoleAccess, term: StatementTerm, grant: RequestGrant) -> bool:
    statement = access.identity_layer.statement_location(term)
    return any(
        location.policy is statement.policy and location.index == statement.index for location in grant.statements
    )


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
    """Actions that other rules report, and those that a function's settings need on `*`."""
    settings = {name for permission in setting_permissions() if permission.on == "*" for name in permission.actions}
    return frozenset({*settings, *data_read_actions(), *credential_actions(), *exposing_actions()})


def _actions_alike(access: RoleAccess, mask: int) -> list[int]:
    """The bitset in parts: the same statements match all actions of one part."""
    groups = [mask] if mask else []
    for term in (term for layer in (access.identity_layer, *access.limits) for term in (*layer.allows, *layer.denies)):
        if term.action_bitset & mask and mask & ~term.action_bitset:
            groups = [
                piece
                for group in groups
                for piece in (group & term.action_bitset, group & ~term.action_bitset)
                if piece
            ]
    return groups
