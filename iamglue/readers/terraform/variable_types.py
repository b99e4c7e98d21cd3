"""The types of Terraform variables: sets, and the attributes of objects that may be left out.

https://developer.hashicorp.com/terraform/language/expressions/type-constraints#optional-object-type-attributes
"""

from __future__ import annotations

from dataclasses import replace

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.terraform.evaluator import Evaluator
from iamglue.readers.terraform.hcl_syntax import HclCall, HclExpression, HclObject, without_parentheses
from iamglue.readers.terraform.loops import SET


def converted_value(node: Node, type_expression: HclExpression, reader: Evaluator) -> Node:
    """A value as a variable of that type has it: optional attributes of objects have their defaults."""
    call = _call(type_expression)
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


def _call(expression: HclExpression) -> tuple[str, tuple[HclExpression, ...]] | None:
    """The name and arguments of a type; None for a type without arguments."""
    expression = without_parentheses(expression)
    if not isinstance(expression, HclCall) or not expression.arguments:
        return None
    return expression.name, expression.arguments


def _converted_object(node: Node, type_expression: HclExpression, reader: Evaluator) -> Node:
    """An object with its attributes converted to a declared type; missing optional ones get their default."""
    type_object = without_parentheses(type_expression)
    pairs = list(node.pairs)
    position = {key.text: number for number, (key, _) in enumerate(pairs)}
    for key_expression, attribute_type in type_object.pairs if isinstance(type_object, HclObject) else ():
        name = reader.expression_text(key_expression).strip('"')
        call = _call(attribute_type)
        is_optional = call is not None and call[0] == "optional"
        inner_type = call[1][0] if call is not None and is_optional else attribute_type
        if name in position:
            key, value = pairs[position[name]]
            pairs[position[name]] = (key, converted_value(value, inner_type, reader))
        elif call is not None and is_optional:
            factory = reader.factory(key_expression)
            default = reader.evaluate(call[1][1]) if len(call[1]) > 1 else factory.null()
            pairs.append((factory.text(name), converted_value(default, inner_type, reader)))
    return replace(node, pairs=tuple(pairs))
