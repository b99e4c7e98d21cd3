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


def find_broad_statements(granted: RoleAccess, open_paths: Iterable[OpenEscalationPath]) -> Iterator[BroadStatement]:
    """Each Allow statement that has such actions, except those that the open escalation paths use."""
    opened = [each.action for opening in open_paths for each in opening.grants]
    told = patterns_bitset(tuple(sorted(set(opened))))
    for leaf in granted.identity_layer.on_any_resource.allows:
        mask = leaf.action_bitset & granted.possible_actions & ~told
        found, grant = _surely(granted, leaf, mask)
        more, other = _by_shapes(
            granted, leaf, mask & ~found & ~granted.always_allowed if leaf.is_unrestricted else mask
        )
        allowed = grant or other
        if allowed is not None:
            yield BroadStatement(leaf, found | more, allowed)


def _by_shapes(granted: RoleAccess, leaf: StatementTerm, mask: int) -> tuple[int, RequestGrant | None]:
    """The actions of a bitset that are allowed on every resource of a shape, and the grant of the first."""
    found, grant = 0, None
    for shape, actions in actions_by_shape(mask):
        for group in _alike(granted, actions & ~found):
            action = first_action(group)
            allowed = granted.grant_on_all(action, shape)
            if allowed is not None and not _is_by(granted, leaf, allowed):
                # The request is one example; with other context this statement may allow it too.
                allowed = granted.grant_by_statement(leaf, action, shape)
            if allowed is not None:
                found, grant = found | group, grant or allowed
    return found, grant


def _surely(granted: RoleAccess, leaf: StatementTerm, mask: int) -> tuple[int, RequestGrant | None]:
    """Like `_by_shapes`, for actions that an unrestricted statement allows and nothing denies or limits."""
    found = actions_owned_by_rule(mask & granted.always_allowed) if leaf.is_unrestricted else 0
    if not found:
        return 0, None
    action = first_action(found)
    return found, granted.grant_on_all(action, resource_shapes(action)[0])


def _is_by(granted: RoleAccess, leaf: StatementTerm, grant: RequestGrant) -> bool:
    here = granted.identity_layer.statement_location(leaf)
    return any(by.policy is here.policy and by.index == here.index for by in grant.statements)


def broad_resource_pattern(leaf: StatementTerm, arn: str) -> str:
    """The Resource pattern of a statement that matches an ARN."""
    resources = leaf.statement.resources
    values = resources.values if resources is not None else ()
    if resources is not None and resources.negated:
        return f"NotResource {values[0]}" if values else "*"
    return next((value for value in values if resource_matches(value, arn)), "*")


@lru_cache(maxsize=4096)
def actions_owned_by_rule(mask: int) -> int:
    """The actions of a bitset with write access and resource types that no other rule reports."""
    found = 0
    for service, part in by_service(mask):
        if has_corrections(service):
            found |= reduce(or_, (actions for _, actions in actions_by_shape(part)), 0)
        else:
            found |= part & _all_ours(service)
    return found


@cache
def _all_ours(service: str) -> int:
    names = (name for name, written in changing_actions(service).items() if _is_left(f"{service}:{written}"))
    return names_bitset(service, names)


@lru_cache(maxsize=4096)
def actions_by_shape(mask: int) -> tuple[tuple[str, int], ...]:
    """The actions that `actions_owned_by_rule` returns, by the shape of their resources."""
    found: dict[str, int] = {}
    for action in actions_in(mask):
        name = str(action)
        if action.access_level.startswith(_CHANGING) and _is_left(name):
            for shape in resource_shapes(name):
                found[shape] = found.get(shape, 0) | pattern_bitset(name)
    return tuple(found.items())


def _is_left(action: str) -> bool:
    name = action.partition(":")[2].lower()
    return not name.startswith(_HARMLESS) and action not in _elsewhere()


@cache
def _elsewhere() -> frozenset[str]:
    """Actions that other rules report, and those that a function's settings need on `*`."""
    settings = {name for each in setting_permissions() if each.on == "*" for name in each.actions}
    return frozenset({*settings, *data_read_actions(), *credential_actions(), *exposing_actions()})


def _alike(granted: RoleAccess, mask: int) -> list[int]:
    """The bitset in parts: the same statements match all actions of one part."""
    parts = [mask] if mask else []
    for leaf in (leaf for part in (granted.identity_layer, *granted.limits) for leaf in (*part.allows, *part.denies)):
        if leaf.action_bitset & mask and mask & ~leaf.action_bitset:
            parts = [
                piece for each in parts for piece in (each & leaf.action_bitset, each & ~leaf.action_bitset) if piece
            ]
    return parts
