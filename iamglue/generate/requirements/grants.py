"""Splits needs into atomic grants and groups these for statements; the groups never allow more than the needs."""

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
    """Grants that fit in one statement: every action on every resource, all of one service."""

    service: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Conditions


def minimal_grants(needs: Iterable[RequiredAccess]) -> frozenset[AtomicGrant]:
    """The atomic grants of needs, without those that another grant covers."""
    all_grants = {
        AtomicGrant(action, resource, need.conditions)
        for need in needs
        for action in need.actions
        for resource in need.resources
    }
    return frozenset(grant for grant in all_grants if not _is_covered(grant, all_grants))


def grant_covers(general: AtomicGrant, specific: AtomicGrant) -> bool:
    """Whether `general` allows every request that `specific` allows."""
    if general.action != specific.action:
        return False
    if general.conditions and not set(general.conditions) <= set(specific.conditions):
        return False
    return general.resource == specific.resource or resource_covers(general.resource, specific.resource)


def group_grants(grants: Iterable[AtomicGrant]) -> tuple[GrantGroup, ...]:
    """Group grants by resource or by action, the choice that makes fewer groups; sorted."""
    groups: list[GrantGroup] = []
    grants_by_service: dict[tuple[str, Conditions], list[AtomicGrant]] = {}
    for grant in grants:
        grants_by_service.setdefault((grant.action.partition(":")[0], grant.conditions), []).append(grant)
    for (service, conditions), members in grants_by_service.items():
        by_resource = _rectangles(members, lambda g: g.resource, lambda g: g.action)
        by_action = _rectangles(members, lambda g: g.action, lambda g: g.resource) if len(by_resource) > 1 else []
        if len(by_resource) == 1 or len(by_resource) <= len(by_action):
            groups += [GrantGroup(service, actions, resources, conditions) for resources, actions in by_resource]
        else:
            groups += [GrantGroup(service, actions, resources, conditions) for actions, resources in by_action]
    return tuple(sorted(groups, key=lambda group: (group.service, group.resources, group.actions, group.conditions)))


def _rectangles(
    grants: list[AtomicGrant], along: Callable[[AtomicGrant], str], across: Callable[[AtomicGrant], str]
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Pairs (keys, values): all keys that have the same set of values, and that set."""
    values_by_key: dict[str, set[str]] = {}
    for grant in grants:
        values_by_key.setdefault(along(grant), set()).add(across(grant))
    keys_by_values: dict[tuple[str, ...], list[str]] = {}
    for key, values in values_by_key.items():
        keys_by_values.setdefault(tuple(sorted(values)), []).append(key)
    return [(tuple(sorted(keys)), values) for values, keys in keys_by_values.items()]


def _is_covered(grant: AtomicGrant, all_grants: set[AtomicGrant]) -> bool:
    """Whether another grant allows all that this one allows, so that it can be left out."""
    if not grant.conditions and not has_wildcard(grant.resource):
        candidates = (
            candidate
            for candidate in all_grants
            if candidate.action == grant.action and has_wildcard(candidate.resource)
        )
    else:
        candidates = (candidate for candidate in all_grants if candidate.action == grant.action)
    # Of two patterns that cover each other, keep the one that sorts first.
    return any(
        grant_covers(candidate, grant) and (not grant_covers(grant, candidate) or candidate < grant)
        for candidate in candidates
        if candidate != grant
    )
