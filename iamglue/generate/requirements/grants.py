"""Needs taken apart into single grants and put together again as statements, never wider than the sum of the needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from iamglue.model.required_access import RequiredAccess
from iamglue.policy.arns import resource_covers
from iamglue.policy.conditions import Condition
from iamglue.policy.patterns.wildcards import has_wildcard

Conditions = tuple[Condition, ...]


@dataclass(frozen=True, slots=True, order=True)
class AtomicGrant:
    """One action on one resource pattern under conditions."""

    action: str
    resource: str
    conditions: Conditions = ()


@dataclass(frozen=True, slots=True)
class GrantGroup:
    """Grants that one statement can hold: every action on every resource, all of one service."""

    service: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Conditions


def minimal_grants(needs: Iterable[RequiredAccess]) -> frozenset[AtomicGrant]:
    """The single grants of needs, those left out that another one covers."""
    everything = {
        AtomicGrant(action, resource, need.conditions)
        for need in needs
        for action in need.actions
        for resource in need.resources
    }
    return frozenset(grant for grant in everything if not _is_covered(grant, everything))


def grant_covers(general: AtomicGrant, specific: AtomicGrant) -> bool:
    """Whether every request that `specific` allows is allowed by `general`."""
    if general.action != specific.action:
        return False
    if general.conditions and not set(general.conditions) <= set(specific.conditions):
        return False
    return general.resource == specific.resource or resource_covers(general.resource, specific.resource)


def group_grants(grants: Iterable[AtomicGrant]) -> tuple[GrantGroup, ...]:
    """The fewest groups of two ways to put grants together, by resource or by action; sorted."""
    found: list[GrantGroup] = []
    parts: dict[tuple[str, Conditions], list[AtomicGrant]] = {}
    for grant in grants:
        parts.setdefault((grant.action.partition(":")[0], grant.conditions), []).append(grant)
    for (service, conditions), members in parts.items():
        by_resource = _rectangles(members, lambda g: g.resource, lambda g: g.action)
        by_action = _rectangles(members, lambda g: g.action, lambda g: g.resource) if len(by_resource) > 1 else []
        if len(by_resource) == 1 or len(by_resource) <= len(by_action):
            found += [GrantGroup(service, actions, resources, conditions) for resources, actions in by_resource]
        else:
            found += [GrantGroup(service, actions, resources, conditions) for actions, resources in by_action]
    return tuple(sorted(found, key=lambda group: (group.service, group.resources, group.actions, group.conditions)))


def _rectangles(
    grants: list[AtomicGrant], along: Callable[[AtomicGrant], str], across: Callable[[AtomicGrant], str]
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Pairs (keys, values): the keys whose sets of values are the same stand together."""
    sets: dict[str, set[str]] = {}
    for grant in grants:
        sets.setdefault(along(grant), set()).add(across(grant))
    same: dict[tuple[str, ...], list[str]] = {}
    for key, values in sets.items():
        same.setdefault(tuple(sorted(values)), []).append(key)
    return [(tuple(sorted(keys)), values) for values, keys in same.items()]


def _is_covered(grant: AtomicGrant, everything: set[AtomicGrant]) -> bool:
    if not grant.conditions and not has_wildcard(grant.resource):
        candidates = (other for other in everything if other.action == grant.action and has_wildcard(other.resource))
    else:
        candidates = (other for other in everything if other.action == grant.action)
    # Two patterns that cover each other are kept by the smaller spelling alone.
    return any(
        grant_covers(other, grant) and (not grant_covers(grant, other) or other < grant)
        for other in candidates
        if other != grant
    )
