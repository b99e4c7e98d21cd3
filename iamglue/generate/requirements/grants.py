"""Needs taken apart into single grants and put together again as statements, never wider than the sum of the needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from iamglue.model.need import Need
from iamglue.policy.arns import resource_covers
from iamglue.policy.conditions import Condition
from iamglue.policy.patterns.wildcards import is_pattern

Conditions = tuple[Condition, ...]


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One action on one resource pattern under conditions."""

    action: str
    resource: str
    conditions: Conditions = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Grants that one statement can hold: every action on every resource, all of one service."""

    service: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Conditions


def grants_of(needs: Iterable[Need]) -> frozenset[Grant]:
    """The single grants of needs, those left out that another one covers."""
    everything = {
        Grant(action, resource, need.conditions)
        for need in needs
        for action in need.actions
        for resource in need.resources
    }
    return frozenset(grant for grant in everything if not _is_covered(grant, everything))


def covers(general: Grant, specific: Grant) -> bool:
    """Whether every request that `specific` allows is allowed by `general`."""
    if general.action != specific.action:
        return False
    if general.conditions and not set(general.conditions) <= set(specific.conditions):
        return False
    return general.resource == specific.resource or resource_covers(general.resource, specific.resource)


def groups(grants: Iterable[Grant]) -> tuple[Group, ...]:
    """The fewest groups of two ways to put grants together, by resource or by action; sorted."""
    found: list[Group] = []
    parts: dict[tuple[str, Conditions], list[Grant]] = {}
    for grant in grants:
        parts.setdefault((grant.action.partition(":")[0], grant.conditions), []).append(grant)
    for (service, conditions), members in parts.items():
        by_resource = _rectangles(members, lambda g: g.resource, lambda g: g.action)
        by_action = _rectangles(members, lambda g: g.action, lambda g: g.resource) if len(by_resource) > 1 else []
        if len(by_resource) == 1 or len(by_resource) <= len(by_action):
            found += [Group(service, actions, resources, conditions) for resources, actions in by_resource]
        else:
            found += [Group(service, actions, resources, conditions) for actions, resources in by_action]
    return tuple(sorted(found, key=lambda group: (group.service, group.resources, group.actions, group.conditions)))


def _rectangles(
    grants: list[Grant], along: Callable[[Grant], str], across: Callable[[Grant], str]
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Pairs (keys, values): the keys whose sets of values are the same stand together."""
    sets: dict[str, set[str]] = {}
    for grant in grants:
        sets.setdefault(along(grant), set()).add(across(grant))
    same: dict[tuple[str, ...], list[str]] = {}
    for key, values in sets.items():
        same.setdefault(tuple(sorted(values)), []).append(key)
    return [(tuple(sorted(keys)), values) for values, keys in same.items()]


def _is_covered(grant: Grant, everything: set[Grant]) -> bool:
    if not grant.conditions and not is_pattern(grant.resource):
        candidates = (other for other in everything if other.action == grant.action and is_pattern(other.resource))
    else:
        candidates = (other for other in everything if other.action == grant.action)
    # Two patterns that cover each other are kept by the smaller spelling alone.
    return any(
        covers(other, grant) and (not covers(grant, other) or other < grant) for other in candidates if other != grant
    )
