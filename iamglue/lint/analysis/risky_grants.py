"""The actions of our tables of risks that a policy's Allow statements name, found in one pass for all rules."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from iamglue.catalog.escalation_paths import escalation_paths
from iamglue.catalog.sensitive_actions import credential_actions, data_read_actions
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.patterns.wildcards import compile_pattern
from iamglue.policy.source.nodes import Node

_CREATE_SLR = "iam:CreateServiceLinkedRole"


@dataclass(frozen=True, slots=True, eq=False)
class RiskyGrant:
    """An Action of an Allow statement, and the actions of the tables that it matches."""

    statement: ParsedStatement
    node: Node
    actions: tuple[str, ...]


# Several rules ask for the same policy one after the other.
@lru_cache(maxsize=4)
def risky_grants(policy: ParsedPolicy) -> tuple[RiskyGrant, ...]:
    """Every Action of an Allow statement that matches an action of the tables, in the order of the text."""
    found = []
    for statement in policy.statements:
        element = statement.action
        if element is None or element.negated or statement.effect is not Effect.ALLOW:
            continue
        if not element.wildcards and _names().isdisjoint(element.lowercase):
            continue
        for node in element.values:
            actions = matching_risky_actions(node.text)
            if actions:
                found.append(RiskyGrant(statement, node, actions))
    return tuple(found)


@lru_cache(maxsize=65536)
def matching_risky_actions(pattern: str) -> tuple[str, ...]:
    """The actions of the tables that an Action pattern matches."""
    lower = pattern.lower()
    prefix, _, _ = lower.partition(":")
    if "*" not in prefix and "?" not in prefix:
        known = _by_service().get(prefix)
        if known is None:
            return ()
        if "*" not in lower and "?" not in lower:
            return (known[lower],) if lower in known else ()
        return tuple(map(known.__getitem__, filter(compile_pattern(lower), known)))
    fits = compile_pattern(lower)
    return tuple(name for known in _by_service().values() for each, name in known.items() if fits(each))


def is_risky(action: str) -> bool:
    """Whether an action, `prefix:Name`, is in one of the tables."""
    lower = action.lower()
    return lower in _by_service().get(lower.partition(":")[0], ())


@cache
def _names() -> frozenset[str]:
    return frozenset(name for known in _by_service().values() for name in known)


@cache
def _by_service() -> dict[str, dict[str, str]]:
    names = {action for path in escalation_paths() for action in path.actions}
    found: dict[str, dict[str, str]] = {}
    for name in sorted({*names, *data_read_actions(), *credential_actions(), _CREATE_SLR}):
        lower = name.lower()
        found.setdefault(lower.partition(":")[0], {})[lower] = name
    return found
