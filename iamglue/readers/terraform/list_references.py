"""References in lists: one text with an unknown part each, because an item of `Action` or `Resource` is a text."""

from __future__ import annotations

from dataclasses import replace
from operator import is_

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.terraform.string_templates import is_traversal, unresolved_parameter


def settle(node: Node) -> Node:
    """A value with the references in its lists as texts with an unknown part; others stay UNKNOWN."""
    if node.kind is NodeKind.LIST:
        items = tuple(list_item_node(settle(item)) for item in node.items)
        return node if all(map(is_, items, node.items)) else replace(node, items=items)
    if node.kind is NodeKind.MAP:
        pairs = tuple((key, map_value_node(settle(value))) for key, value in node.pairs)
        is_same = all(new[1] is old[1] for new, old in zip(pairs, node.pairs, strict=True))
        return node if is_same else replace(node, pairs=pairs)
    return replace(node, items=()) if node.kind is NodeKind.UNKNOWN and node.items else node


def list_item_node(node: Node) -> Node:
    """An item of a list: a reference is one text with an unknown value; an unknown list stays UNKNOWN."""
    if node.kind is NodeKind.UNKNOWN and node.tag is None and is_traversal(node.text):
        return replace(node, kind=NodeKind.SCALAR, text=unresolved_parameter(node.text), unresolved=True)
    return node


def map_value_node(node: Node) -> Node:
    """A value of a map: a reference to an ARN is one text; any other reference may be a list."""
    return list_item_node(node) if node.text.endswith(".arn") else node
