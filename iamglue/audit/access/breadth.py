"""The actions that change something on every resource of a type, statement by statement, as far as they are in effect.

Actions that the same statements match and that act on resources of the same shape are allowed or not together, so one
of them is asked for all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from operator import or_

from iamglue.audit.access.policy_layers import Grant
from iamglue.audit.access.role_access import Granted
from iamglue.audit.access.sample_resources import shapes_of
from iamglue.audit.escalation.paths import openings
from iamglue.catalog.sensitive_actions import credential_actions, data_actions, exposing_actions
from iamglue.catalog.services import changing_actions
from iamglue.catalog.settings_permissions import companions
from iamglue.catalog.shapes import is_corrected
from iamglue.engine.solve.access import Leaf
from iamglue.engine.solve.action_bitsets import (
    actions_in,
    by_service,
    first_action,
    named_mask,
    pattern_mask,
    patterns_mask,
)
from iamglue.policy.arns import resource_matches

_CHANGING = ("Write", "Permissions management")
_HARMLESS = ("describe", "list")  # what such an action changes, if anything, is no resource of the account


@dataclass(frozen=True, slots=True, eq=False)
class Broad:
    """A statement's actions, as a set, that change all resources of a type, and how one of them is allowed."""

    leaf: Leaf
    mask: int
    grant: Grant


def broad_statements(granted: Granted) -> Iterator[Broad]:
    """Each Allow statement that has such actions."""
    opened = [each.action for opening in openings(granted) for each in opening.grants]
    told = patterns_mask(tuple(sorted(set(opened))))
    for leaf in granted.own.on_just_any.allows:
        mask = leaf.mask & granted.most & ~told
        found, grant = _surely(granted, leaf, mask)
        more, other = _by_shapes(granted, leaf, mask & ~found & ~granted.surely if leaf.unlimited else mask)
        allowed = grant or other
        if allowed is not None:
            yield Broad(leaf, found | more, allowed)


def _by_shapes(granted: Granted, leaf: Leaf, mask: int) -> tuple[int, Grant | None]:
    """Those of a set that are allowed on every resource of some shape, and how the first of them is."""
    found, grant = 0, None
    for shape, actions in by_shape(mask):
        for group in _alike(granted, actions & ~found):
            action = first_action(group)
            allowed = granted.on_all(action, shape)
            if allowed is not None and not _is_by(granted, leaf, allowed):
                # One request stands for all; under other conditions this statement may allow it, too.
                allowed = granted.by_itself(leaf, action, shape)
            if allowed is not None:
                found, grant = found | group, grant or allowed
    return found, grant


def _surely(granted: Granted, leaf: Leaf, mask: int) -> tuple[int, Grant | None]:
    """The same of what a statement without limits allows, and nothing forbids or limits."""
    found = ours(mask & granted.surely) if leaf.unlimited else 0
    if not found:
        return 0, None
    action = first_action(found)
    return found, granted.on_all(action, shapes_of(action)[0])


def _is_by(granted: Granted, leaf: Leaf, grant: Grant) -> bool:
    here = granted.own.allowing(leaf)
    return any(by.policy is here.policy and by.statement == here.statement for by in grant.by)


def wide_resource(leaf: Leaf, arn: str) -> str:
    """How a statement writes what it allows on an ARN."""
    resources = leaf.statement.resources
    values = resources.values if resources is not None else ()
    if resources is not None and resources.negated:
        return f"NotResource {values[0]}" if values else "*"
    return next((value for value in values if resource_matches(value, arn)), "*")


@lru_cache(maxsize=4096)
def ours(mask: int) -> int:
    """The actions of a set that change something, take resources and belong to no other rule."""
    found = 0
    for service, part in by_service(mask):
        if is_corrected(service):
            found |= reduce(or_, (actions for _, actions in by_shape(part)), 0)
        else:
            found |= part & _all_ours(service)
    return found


@cache
def _all_ours(service: str) -> int:
    names = (name for name, written in changing_actions(service).items() if _is_left(f"{service}:{written}"))
    return named_mask(service, names)


@lru_cache(maxsize=4096)
def by_shape(mask: int) -> tuple[tuple[str, int], ...]:
    """The same by the shapes of their resources."""
    found: dict[str, int] = {}
    for action in actions_in(mask):
        name = str(action)
        if action.access_level.startswith(_CHANGING) and _is_left(name):
            for shape in shapes_of(name):
                found[shape] = found.get(shape, 0) | pattern_mask(name)
    return tuple(found.items())


def _is_left(action: str) -> bool:
    name = action.partition(":")[2].lower()
    return not name.startswith(_HARMLESS) and action not in _elsewhere()


@cache
def _elsewhere() -> frozenset[str]:
    """Actions that other rules look after, and those that a function's settings need on `*`."""
    settings = {name for each in companions() if each.on == "*" for name in each.actions}
    return frozenset({*settings, *data_actions(), *credential_actions(), *exposing_actions()})


def _alike(granted: Granted, mask: int) -> list[int]:
    """The set in parts that the statements of all policies do not tell apart."""
    parts = [mask] if mask else []
    for leaf in (leaf for part in (granted.own, *granted.limits) for leaf in (*part.allows, *part.denies)):
        if leaf.mask & mask and mask & ~leaf.mask:
            parts = [piece for each in parts for piece in (each & leaf.mask, each & ~leaf.mask) if piece]
    return parts
