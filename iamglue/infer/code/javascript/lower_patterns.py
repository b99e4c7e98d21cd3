"""Patterns: names, destructuring, defaults, and members as targets of assignments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iamglue.infer.code.javascript.lowering import PATTERNS, Lowering, named, position
from iamglue.infer.code.javascript.property_names import property_key
from iamglue.infer.code.javascript.syntax import (
    ArrayPattern,
    DefaultPattern,
    Expression,
    ObjectPattern,
    Pattern,
    TargetPattern,
    VariablePattern,
)

if TYPE_CHECKING:
    from tree_sitter import Node


def _name(lowering: Lowering, node: Node) -> Pattern:
    return VariablePattern(position(node), lowering.scope, lowering.text(node))


def _target(lowering: Lowering, node: Node) -> Pattern:
    return TargetPattern(position(node), lowering.expression(node))


def _inner(lowering: Lowering, node: Node) -> Pattern:
    """Of `(x)`, `x!` and `x as T`."""
    return lowering.pattern(named(node)[0])


def _default(lowering: Lowering, node: Node) -> Pattern:
    """`target = default`; without a target nothing is assigned."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None:
        return VariablePattern(position(node), lowering.scope, "")
    return DefaultPattern(position(node), lowering.pattern(left), lowering.expression(right))


def _object(lowering: Lowering, node: Node) -> Pattern:
    """The members that a pattern takes apart, with their defaults, and what is left."""
    entries: list[tuple[str | Expression, Pattern]] = []
    rest: Pattern | None = None
    for child in named(node):
        if child.type in ("rest_pattern", "spread_element"):
            rest = lowering.pattern(named(child)[0]) if named(child) else None
        elif child.type in ("pair_pattern", "pair"):
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is not None and value is not None:
                entries.append((property_key(lowering, key), lowering.pattern(value)))
        elif child.type in ("object_assignment_pattern", "assignment_expression"):
            left = child.child_by_field_name("left")
            entries.append((lowering.text(left) if left is not None else "", _default(lowering, child)))
        else:
            entries.append((lowering.text(child), lowering.pattern(child)))
    return ObjectPattern(position(node), tuple(entries), rest)


def _array(lowering: Lowering, node: Node) -> Pattern:
    """The elements that a pattern takes apart; None for those that it skips, and what is left."""
    elements: list[Pattern | None] = []
    rest: Pattern | None = None
    is_hole = True
    for child in node.children[1:-1]:
        if child.type == ",":
            elements += [None] if is_hole else []
            is_hole = True
        elif child.type in ("rest_pattern", "spread_element"):
            rest = lowering.pattern(named(child)[0]) if named(child) else None
        elif child.is_named and child.type != "comment":
            elements.append(lowering.pattern(child))
            is_hole = False
    return ArrayPattern(position(node), tuple(elements), rest)


PATTERNS.update(
    {
        "identifier": _name,
        "shorthand_property_identifier_pattern": _name,
        "shorthand_property_identifier": _name,
        "undefined": _name,
        "member_expression": _target,
        "subscript_expression": _target,
        "parenthesized_expression": _inner,
        "non_null_expression": _inner,
        "as_expression": _inner,
        "satisfies_expression": _inner,
        "assignment_pattern": _default,
        "object_assignment_pattern": _default,
        "assignment_expression": _default,
        "object_pattern": _object,
        "object": _object,
        "array_pattern": _array,
        "array": _array,
    }
)
