"""The types of Terraform variables: sets, and the attributes of objects that may be left out.

https://developer.hashicorp.com/terraform/language/expressions/type-constraints#optional-object-type-attributes
"""

from __future__ import annotations

from dataclasses import replace

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.terraform.evaluator import Evaluator
from iamglue.readers.terraform.hcl_tree import (
    HclTree,
    child_trees,
    child_trees_by_rule,
    first_identifier,
    without_parentheses,
)
from iamglue.readers.terraform.loops import SET


def converted_value(node: Node, type_tree: HclTree, reader: Evaluator) -> Node:
    """A value as a variable of that type has it: optional attributes of objects have their defaults."""
    call = _call(type_tree)
    if call is None:
        return node
    name, arguments = call
    if name in ("list", "set") and node.kind is NodeKind.LIST:
        items = tuple(converted_value(item, arguments[0], reader) for item in node.items)
        return replace(node, items=items, tag=SET if name == "set" else node.tag)
    if name == "map" and node.kind is NodeKind.MAP:
        return replace(
            node, pairs=tuple((key, converted_value(value, arguments[0], reader)) for key, value in node.pairs)
        )
    if name == "object" and node.kind is NodeKind.MAP:
        return _converted_object(node, arguments[0], reader)
    return node


def _call(tree: HclTree) -> tuple[str, list[HclTree]] | None:
    """The name and arguments of a type; None for a type without arguments."""
    tree = without_parentheses(tree)
    if tree.data != "function_call":
        return None
    lists = child_trees_by_rule(tree, "arguments")
    return (first_identifier(tree), child_trees(lists[0])) if lists else None


def _converted_object(node: Node, type_tree: HclTree, reader: Evaluator) -> Node:
    pairs = list(node.pairs)
    position = {key.text: number for number, (key, _) in enumerate(pairs)}
    for element in child_trees_by_rule(without_parentheses(type_tree), "object_elem"):
        key_tree, attribute_type = child_trees(element)
        name = reader.tree_text(key_tree).strip('"')
        call = _call(attribute_type)
        is_optional = call is not None and call[0] == "optional"
        inner_type = call[1][0] if call is not None and is_optional else attribute_type
        if name in position:
            key, value = pairs[position[name]]
            pairs[position[name]] = (key, converted_value(value, inner_type, reader))
        elif call is not None and is_optional:
            factory = reader.factory(element)
            default = reader.evaluate(call[1][1]) if len(call[1]) > 1 else factory.null()
            pairs.append((factory.text(name), converted_value(default, inner_type, reader)))
    return replace(node, pairs=tuple(pairs))
