"""Listed actions whose requests never carry the service-specific key of a condition; shared by two rules."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.condition_key_support import is_action_specific_key, may_support_key
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.parsed_values import ParsedCondition, ParsedMatchList
from iamglue.policy.source.nodes import Node


def find_unsupported_actions(policy: ParsedPolicy) -> Iterator[tuple[ParsedCondition, list[Node], bool]]:
    """Each condition with the actions, without wildcards, whose requests never carry its key.

    The third value is True if another action of the statement may carry the key.
    """
    for statement, condition in policy.conditions:
        action = _listed_actions(statement)
        if action is None or not _is_tested(condition):
            continue
        key = condition.key.text
        unsupported = [node for node in action.values if _is_unsupported(node, key)]
        if unsupported:
            yield condition, unsupported, any(_may_carry(node, key) for node in action.values)


def _listed_actions(statement: ParsedStatement) -> ParsedMatchList | None:
    return None if statement.action is None or statement.action.negated else statement.action


def _is_tested(condition: ParsedCondition) -> bool:
    """Whether the key is service-specific and the operator has no `IfExists`."""
    key = condition.key
    if key.unresolved or key.text[:4].lower() == "aws:" or not is_action_specific_key(key.text):
        return False
    return condition.operator is not None and not condition.operator.if_exists


def _is_unsupported(node: Node, key: str) -> bool:
    """Whether requests for the action never carry the key; False for patterns and unknown values."""
    if node.unresolved or "*" in node.text or "?" in node.text:
        return False
    return may_support_key(node.text, key) is False


def _may_carry(node: Node, key: str) -> bool:
    return node.unresolved or may_support_key(node.text, key) is not False
