"""Actions of a policy that are not names of listed actions; rules about invalid actions look only at these."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from iamglue.catalog.services import action_names
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.parsed_values import ParsedMatchList
from iamglue.policy.source.nodes import Node


# Several rules call this for the same policy in turn.
@lru_cache(maxsize=4)
def unlisted_or_wildcard_actions(policy: ParsedPolicy) -> tuple[Node, ...]:
    """Values of Action and NotAction that are patterns, unknown names, or only partly known."""
    return tuple(
        node for statement in policy.statements if statement.action for node in _unlisted_or_wildcard(statement.action)
    )


def _unlisted_or_wildcard(element: ParsedMatchList) -> Iterator[Node]:
    """Values that are not the exact name (in any case) of a listed action."""
    current_prefix, known = "", action_names("")
    for node, lowercase in zip(element.values, element.lowercase, strict=True):
        prefix, _, name = lowercase.partition(":")
        if prefix != current_prefix:  # most lists are of one service
            current_prefix, known = prefix, action_names(prefix)
        if name not in known:
            yield node
