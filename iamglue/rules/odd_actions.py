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
    return tuple(node for _, node in policy.actions if not _is_listed(node.text))


@lru_cache(maxsize=65536)
def _is_listed(text: str) -> bool:
    prefix, _, name = text.partition(":")
    owner = service(prefix)
    return owner is not None and name.lower() in owner.actions
