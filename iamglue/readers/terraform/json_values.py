"""Evaluates the values of .tf.json files, whose texts are templates.

https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping
"""

from __future__ import annotations

from dataclasses import replace

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.terraform.evaluator import Evaluator
from iamglue.readers.terraform.string_templates import TemplatePieceKind, template_pieces
from iamglue.readers.terraform.templates import evaluate_template
from iamglue.readers.terraform.values import read_only_node


def json_value(node: Node, reader: Evaluator) -> Node:
    """A value of a .tf.json file, with its texts evaluated as templates; `reader` says whether fixes can edit it."""
    with reader.scope.nested_level(node.source, node.start):
        if node.kind is NodeKind.LIST:
            items = tuple(json_value(item, reader) for item in node.items)
            return replace(node, items=items, source=reader.source)
        if node.kind is NodeKind.MAP:
            pairs = tuple((json_value(key, reader), json_value(value, reader)) for key, value in node.pairs)
            return replace(node, pairs=pairs, source=reader.source)
        return _text(node, reader)


def _text(node: Node, reader: Evaluator) -> Node:
    """The value of a text as a template; fixes cannot edit a text with values of expressions."""
    if node.plain or ("${" not in node.text and "%{" not in node.text):
        return replace(node, source=reader.source)
    value = evaluate_template(reader, (node.start, node.end), node.text, quoted=False)
    has_expressions = any(piece.kind is TemplatePieceKind.EXPRESSION for piece in template_pieces(node.text))
    return read_only_node(value) if value.kind is NodeKind.SCALAR and has_expressions else value
