"""Actions of the risk tables that the Allow statements of a policy contain, computed once for all rules."""

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
    """An Action value of an Allow statement, and the actions of the tables that it matches."""

    statement: ParsedStatement
    node: Node
    actions: tuple[str, ...]


# Several rules call this for the same policy in turn.
@lru_cache(maxsize=4)
def risky_grants(policy: ParsedPolicy) -> tuple[RiskyGrant, ...]:
    """Action values of Allow statements that match an action of the tables, in the order of the text."""
    grants = []
    for statement in policy.statements:
        element = statement.action
        if element is None or element.negated or statement.effect is not Effect.ALLOW:
            continue
        if not element.wildcards and _lowercase_names().isdisjoint(element.lowercase):
            continue
        for node in element.values:
            actions = matching_risky_actions(node.text)
            if actions:
                grants.append(RiskyGrant(statement, node, actions))
    return tuple(grants)


@lru_cache(maxsize=65536)
def matching_risky_actions(pattern: str) -> tuple[str, ...]:
    """The actions of the tables that an Action pattern matches."""
    lowercase = pattern.lower()
    prefix, _, _ = lowercase.partition(":")
    if "*" not in prefix and "?" not in prefix:
        names = _names_by_service().get(prefix)
        if names is None:
            return ()
        if "*" not in lowercase and "?" not in lowercase:
            return (names[lowercase],) if lowercase in names else ()
        return tuple(map(names.__getitem__, filter(compile_pattern(lowercase), names)))
    is_match = compile_pattern(lowercase)
    return tuple(
        name
        for names in _names_by_service().values()
        for lowercase_name, name in names.items()
        if is_match(lowercase_name)
    )


def is_risky(action: str) -> bool:
    """True if an action (`prefix:Name`) is in one of the tables."""
    lowercase = action.lower()
    return lowercase in _names_by_service().get(lowercase.partition(":")[0], ())


@cache
def _lowercase_names() -> frozenset[str]:
    """Actions of the tables, in lower case."""
    return frozenset(name for names in _names_by_service().values() for name in names)


@cache
def _names_by_service() -> dict[str, dict[str, str]]:
    """Actions of the tables, by service prefix and lowercase name."""
    names = {action for path in escalation_paths() for action in path.actions}
    by_service: dict[str, dict[str, str]] = {}
    for name in sorted({*names, *data_read_actions(), *credential_actions(), _CREATE_SLR}):
        lowercase = name.lower()
        by_service.setdefault(lowercase.partition(":")[0], {})[lowercase] = name
    return by_service
