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
    return tuple(node for each in policy.statements if each.action for node in _odd(each.action))


def _odd(element: ParsedMatchList) -> Iterator[Node]:
    owner, known = "", action_names("")
    for node, lower in zip(element.values, element.lowercase, strict=True):
        prefix, _, name = lower.partition(":")
        if prefix != owner:  # most lists are of one service
            owner, known = prefix, action_names(prefix)
        if name not in known:
            yield node
