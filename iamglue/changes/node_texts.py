"""Texts of values that are compared between two versions of a file."""

from __future__ import annotations

from iamglue.policy.source.nodes import Node


def node_text(node: Node) -> str:
    """A text that is equal for equal values, whatever their layout in the file."""
    inner = [f"{node_text(key)}:{node_text(value)}" for key, value in node.pairs] or list(map(node_text, node.items))
    return f"{node.kind.value} {node.tag or ''} {node.text!r} [{','.join(inner)}]"
