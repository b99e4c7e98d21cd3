"""The actions of a policy that are not plainly actions of the reference, for the rules that ask about others."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from iamglue.catalog.services import action_names
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.parsed_values import ParsedMatchList
from iamglue.policy.source.nodes import Node


# Several rules ask for the same policy one after the other.
@lru_cache(maxsize=4)
def unlisted_or_wildcard_actions(policy: ParsedPolicy) -> tuple[Node, ...]:
    """The texts of Action and NotAction that are patterns, words unknown, or known only in part."""
    return tuple(
        node for statement in policy.statements if statement.action for node in _unlisted_or_wildcard(statement.action)
    )


def _unlisted_or_wildcard(element: ParsedMatchList) -> Iterator[Node]:
    current_prefix, known = "", action_names("")
    for node, lowercase in zip(element.values, element.lowercase, strict=True):
        prefix, _, name = lowercase.partition(":")
        if prefix != current_prefix:  # most lists are of one service
            current_prefix, known = prefix, action_names(prefix)
        if name not in known:
            yield node
