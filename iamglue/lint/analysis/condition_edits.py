"""Changes to one condition key of a statement: another operator for it, or no such key any more."""

from __future__ import annotations

from iamglue.policy.parsed_policy import WrittenStatement
from iamglue.policy.parsed_values import WrittenCondition
from iamglue.policy.source.edits import Edits, joined, rewritten, without
from iamglue.policy.source.nodes import Node, Shape


def keys_beside(statement: WrittenStatement, condition: WrittenCondition) -> Node | None:
    """The map of condition keys that a condition's key stands in."""
    node = statement.get("Condition")
    pairs = node.pairs if node is not None else ()
    return next((keys for name, keys in pairs if name is condition.operator_node), None)


def renamed_operator(statement: WrittenStatement, condition: WrittenCondition, name: str) -> Edits:
    """The operator under another name; none where other keys stand under it too, or the other name is taken."""
    node, keys = statement.get("Condition"), keys_beside(statement, condition)
    if node is None or keys is None or len(keys.pairs) != 1 or keys.shape is not Shape.MAP:
        return ()
    if any(other.text.lower() == name.lower() for other, _ in node.pairs if other is not condition.operator_node):
        return ()
    return rewritten(condition.operator_node, name)


def one_value(condition: WrittenCondition, text: str) -> Edits:
    """The key with this one text as its value, in the form it has: alone or in a list of one."""
    node = condition.node.items[0] if len(condition.node.items) == 1 else condition.node
    return rewritten(node, text)


def as_null(statement: WrittenStatement, condition: WrittenCondition, value: str) -> Edits:
    """The key tested with Null instead: operator and value."""
    return joined((renamed_operator(statement, condition, "Null"), one_value(condition, value)))


def without_key(statement: WrittenStatement, condition: WrittenCondition) -> Edits:
    """The statement without the key, and without the operator or the Condition that would be left empty."""
    node, keys = statement.get("Condition"), keys_beside(statement, condition)
    if node is None or keys is None:
        return ()
    if len(keys.pairs) > 1:
        return without(keys, condition.key)
    if len(node.pairs) > 1:
        return without(node, condition.operator_node)
    element = statement.key("Condition")
    return without(statement.node, element) if element is not None else ()
