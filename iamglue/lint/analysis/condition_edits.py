"""Edits of one condition key of a statement: another operator, another value, or removal."""

from __future__ import annotations

from iamglue.policy.parsed_policy import ParsedStatement
from iamglue.policy.parsed_values import ParsedCondition
from iamglue.policy.source.edits import Edits, combine_edits, remove_child, replace_scalar
from iamglue.policy.source.nodes import Node, NodeKind


def sibling_keys(statement: ParsedStatement, condition: ParsedCondition) -> Node | None:
    """The map that contains the key of the condition; None if it is not found."""
    node = statement.get("Condition")
    pairs = node.pairs if node is not None else ()
    return next(
        (condition_keys for operator_node, condition_keys in pairs if operator_node is condition.operator_node), None
    )


def rename_operator(statement: ParsedStatement, condition: ParsedCondition, name: str) -> Edits:
    """Rename the operator; no edits if other keys use it too, or the new name is already there."""
    node, condition_keys = statement.get("Condition"), sibling_keys(statement, condition)
    if (
        node is None
        or condition_keys is None
        or len(condition_keys.pairs) != 1
        or condition_keys.kind is not NodeKind.MAP
    ):
        return ()
    if any(
        operator_node.text.lower() == name.lower()
        for operator_node, _ in node.pairs
        if operator_node is not condition.operator_node
    ):
        return ()
    return replace_scalar(condition.operator_node, name)


def set_single_value(condition: ParsedCondition, text: str) -> Edits:
    """Replace the value of the key, alone or in its list of one."""
    node = condition.node.items[0] if len(condition.node.items) == 1 else condition.node
    return replace_scalar(node, text)


def replace_with_null_test(statement: ParsedStatement, condition: ParsedCondition, value: str) -> Edits:
    """Replace operator and value with a Null test."""
    return combine_edits((rename_operator(statement, condition, "Null"), set_single_value(condition, value)))


def remove_condition_key(statement: ParsedStatement, condition: ParsedCondition) -> Edits:
    """Remove the key, and the operator or the Condition if it would be empty."""
    node, keys = statement.get("Condition"), sibling_keys(statement, condition)
    if node is None or keys is None:
        return ()
    if len(keys.pairs) > 1:
        return remove_child(keys, condition.key)
    if len(node.pairs) > 1:
        return remove_child(node, condition.operator_node)
    element = statement.key("Condition")
    return remove_child(statement.node, element) if element is not None else ()
