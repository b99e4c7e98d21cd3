"""Texts of values that are compared between two versions of a file."""

from __future__ import annotations

from iamglue.policy.source.nodes import Node
from iamglue.readers.terraform.blocks import HclBlock, TerraformBlock


def node_text(node: Node) -> str:
    """A text that is equal for equal values, whatever their layout in the file."""
    inner = [f"{node_text(key)}:{node_text(value)}" for key, value in node.pairs] or list(map(node_text, node.items))
    return f"{node.kind.value} {node.tag or ''} {node.text!r} [{','.join(inner)}]"


def block_text(block: TerraformBlock) -> str:
    """The values of a block's attributes, and the text of a block that has nested ones."""
    values = ((name, block.evaluate(name)) for name in block.attribute_names())
    texts = [f"{name}={node_text(value)}" for name, value in values if value is not None]
    if isinstance(block, HclBlock) and block.syntax.body.blocks:
        texts.append(source_line(block))
    return "\n".join(texts)


def source_line(block: TerraformBlock) -> str:
    """The text of a block in its file, on one line."""
    return source_text_on_one_line(block.location_node)


def source_text_on_one_line(node: Node) -> str:
    """The text of a value in its file, on one line."""
    return " ".join(node.source.text[node.start : node.end].split())
