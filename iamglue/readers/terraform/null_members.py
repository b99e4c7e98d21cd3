"""Members of a policy in an expression that are null, or may be: null is for a member that is not there.

`Condition = var.mfa ? {...} : null` gives a statement with or without a Condition.
"""

from __future__ import annotations

from dataclasses import replace

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.terraform.values import UNKNOWN_ITEMS, alternatives

_EXCLUSIVE = (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal"))


def may_be_null(value: Node | None) -> bool:
    """Whether a value, before its references are settled, is null for some result of a condition."""
    if value is None:
        return False
    if value.kind is NodeKind.LIST:
        return any(item.tag == UNKNOWN_ITEMS and any(map(may_be_null, item.items)) for item in value.items)
    return any(branch.is_null for branch in alternatives(value))


def without_nulls(policy: Node) -> Node:
    """A policy without the members that are null; a statement whose form depends on a condition is UNKNOWN."""
    if policy.kind is not NodeKind.MAP:
        return policy
    pairs = tuple(
        (key, _statements(value) if key.text == "Statement" else value)
        for key, value in policy.pairs
        if not value.is_null
    )
    return replace(policy, pairs=pairs)


def _statements(node: Node) -> Node:
    """A list of statements or a single one, without members that are null."""
    if node.kind is NodeKind.LIST:
        return replace(node, items=tuple(map(_statement, node.items)))
    return _statement(node)


def _statement(node: Node) -> Node:
    """A statement without members that are null; UNKNOWN if a condition decides between Action and NotAction."""
    if node.kind is not NodeKind.MAP:
        return node
    elements = {key.text: value for key, value in node.pairs if not value.is_null}
    for names in _EXCLUSIVE:
        if all(name in elements for name in names) and any(may_be_null(elements[name]) for name in names):
            text = f"which of {names[0]} and {names[1]} the statement has"
            return Node(NodeKind.UNKNOWN, node.source, node.start, node.end, text)
    pairs = tuple(
        (key, without_nulls(_without_null_keys(value)) if key.text == "Condition" else value)
        for key, value in node.pairs
        if not value.is_null
    )
    return replace(node, pairs=pairs)


def _without_null_keys(condition: Node) -> Node:
    """A Condition without the keys of operators that are null."""
    return replace(condition, pairs=tuple((key, without_nulls(value)) for key, value in condition.pairs))
