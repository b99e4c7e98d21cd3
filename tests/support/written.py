"""Trees of nodes as plain data, for tests of what files are read into."""

from __future__ import annotations

from typing import Any

from iamglue.policy.source.nodes import Node, Shape

UNKNOWN = "(unknown)"


def data(node: Node | None) -> Any:
    """A tree as plain data; what is not known before deployment is UNKNOWN."""
    if node is None or node.shape is Shape.UNKNOWN:
        return UNKNOWN
    if node.shape is Shape.LIST:
        return [data(each) for each in node.items]
    if node.shape is Shape.MAP:
        return {key.text: data(value) for key, value in node.pairs}
    return node.text


def unlisted(value: Any) -> Any:
    """Plain data with the lists of one item taken as the item: IAM reads both the same."""
    if isinstance(value, dict):
        return {key: unlisted(of) for key, of in value.items()}
    if isinstance(value, list):
        return unlisted(value[0]) if len(value) == 1 else [unlisted(of) for of in value]
    return value
