"""The actions of a policy that are not plainly actions of the reference, for the rules that ask about others."""

from __future__ import annotations

from functools import lru_cache

from iamglue.catalog.services import service
from iamglue.iam.nodes import Node
from iamglue.subjects.written_policy import WrittenPolicy


# Several rules ask for the same policy one after the other.
@lru_cache(maxsize=4)
def odd_actions(policy: WrittenPolicy) -> tuple[Node, ...]:
    """The texts of Action and NotAction that are patterns, words unknown, or known only in part."""
    found: list[Node] = []
    for element in (each.action for each in policy.statements):
        if element is not None:
            pairs = zip(element.values, element.lower, strict=True)
            found += [node for node, lower in pairs if not _is_listed(lower)]
    return tuple(found)


@lru_cache(maxsize=65536)
def _is_listed(lower: str) -> bool:
    prefix, _, name = lower.partition(":")
    owner = service(prefix)
    return owner is not None and name in owner.actions
