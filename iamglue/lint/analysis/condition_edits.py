"""Changes to one condition key of a statement: another operator for it, or no such key any more."""

from __future__ import annotations

from iamglue.policy.parsed_policy import ParsedStatement
from iamglue.policy.parsed_values import ParsedCondition
from iamglue.policy.source.edits import Edits, combine_edits, remove_child, replace_scalar
from iamglue.policy.source.nodes import Node, NodeKind


def sibling_keys(statement: ParsedStatement, condition: ParsedCondition) -> Node | None:
    """The map of condition keys that a condition's key stands in."""
    node = statement.get("Condition")
    pairs = node.pairs if node is not None else ()
    return next(
        (condition_keys for operator_node, condition_keys in pairs if operator_node is condition.operator_node), None
    )


def rename_operator(statement: ParsedStatement, condition: ParsedCondition, name: str) -> Edits:
    """The operator under another name; none where other keys stand under it too, or the other name is taken."""
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
    """The key with this one text as its value, in the form it has: alone or in a list of one."""
    node = condition.node.items[0] if len(condition.node.items) == 1 else condition.node
    return replace_scalar(node, text)


def replace_with_null_test(statement: ParsedStatement, condition: ParsedCondition, value: str) -> Edits:
    """The key tested with Null instead: operator and value."""
    return combine_edits((rename_operator(statement, condition, "Null"), set_single_value(condition, value)))


def remove_condition_key(statement: ParsedStatement, condition: ParsedCondition) -> Edits:
    """The statement without the key, and without the operator or the Condition that would be left empty."""
    node, keys = statement.get("Condition"), sibling_keys(statement, condition)
    if node is None or keys is None:
        return ()
    if len(keys.pairs) > 1:
        return remove_child(keys, condition.key)
    if len(node.pairs) > 1:
        return remove_child(node, condition.operator_node)
    element = statement.key("Condition")
    return remove_child(statement.node, element) if element is not None else ()
