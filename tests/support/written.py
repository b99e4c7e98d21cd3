"""Trees of nodes as plain data, for tests of what files are read into."""

from __future__ import annotations

from typing import Any

from iamglue.policy.source.nodes import Node, NodeKind

UNKNOWN = "(unknown)"


def data(node: Node | None) -> Any:
    """A tree as plain data; what is not known before deployment is UNKNOWN."""
    if node is None or node.kind is NodeKind.UNKNOWN:
        return UNKNOWN
    if node.kind is NodeKind.LIST:
        return [data(each) for each in node.items]
    if node.kind is NodeKind.MAP:
        return {key.text: data(value) for key, value in node.pairs}
    return node.text


def unlisted(value: Any) -> Any:
    """Plain data with the lists of one item taken as the item: IAM reads both the same."""
    if isinstance(value, dict):
        return {key: unlisted(of) for key, of in value.items()}
    if isinstance(value, list):
        return unlisted(value[0]) if len(value) == 1 else [unlisted(of) for of in value]
    return value
