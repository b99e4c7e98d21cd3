"""Where the cursor is in a policy: in an action, a resource, a condition; and the statement around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from iamglue.catalog.services import Action, find_action
from iamglue.engine.solve.action_bitsets import actions_in, pattern_bitset
from iamglue.language_server.cursor_context import CursorContext


class PolicyElement(StrEnum):
    """The part of a statement that the cursor is in."""

    ACTION = "action"
    RESOURCE = "resource"
    EFFECT = "effect"
    OPERATOR = "operator"
    CONDITION_KEY = "condition-key"
    STATEMENT_KEY = "statement-key"
    SERVICE_PRINCIPAL = "service-principal"


# The names of JSON policies, of Terraform's data source aws_iam_policy_document, and of `raw` in a spec.
_PRINCIPAL_KEYS = ("Principal", "NotPrincipal")
_CONDITION_KEYS = frozenset({"Condition", "when", "conditions"})
# The keys whose values, or items of values, are parts of a statement.
_VALUES = {
    **dict.fromkeys(("Action", "NotAction", "actions", "not_actions"), PolicyElement.ACTION),
    **dict.fromkeys(("Resource", "NotResource", "resources", "not_resources"), PolicyElement.RESOURCE),
    **dict.fromkeys(("Effect", "effect"), PolicyElement.EFFECT),
}
# Terraform's data source writes a condition as a block.
_CONDITION_BLOCK = {"test": PolicyElement.OPERATOR, "variable": PolicyElement.CONDITION_KEY}
_ACTION_TEXT = re.compile(r"(?<![\w:/-])([A-Za-z0-9-]{2,}:[A-Za-z0-9*?]+)(?![\w:/-])")
_HAS_ACTIONS = re.compile(r"\b(?:Not)?Action\b|\b(?:not_)?actions\b")
_MAX_ACTIONS = 2000


def policy_element(context: CursorContext) -> PolicyElement | None:
    """The part of a statement at the cursor; None if it is somewhere else."""
    keys, key = context.keys, context.key
    outer = keys[-2] if len(keys) > 1 else ""
    if key in _VALUES and (context.is_item or not context.is_key):
        return _VALUES[key]
    if outer in _PRINCIPAL_KEYS and key == "Service" and (context.is_item or not context.is_key):
        return PolicyElement.SERVICE_PRINCIPAL
    if outer == "condition":
        return _CONDITION_BLOCK.get(key)
    by_key = {**dict.fromkeys(_CONDITION_KEYS, PolicyElement.OPERATOR), "Statement": PolicyElement.STATEMENT_KEY}
    element = PolicyElement.CONDITION_KEY if outer in _CONDITION_KEYS else by_key.get(key)
    return element if context.is_key else None


def statement_actions(text: str, context: CursorContext) -> tuple[Action, ...]:
    """The actions of the statement around the cursor, as far as it is written; wildcards are expanded."""
    around = next((part for part in context.texts_around(text) if _HAS_ACTIONS.search(part)), "")
    actions: dict[str, Action] = {}
    for pattern in dict.fromkeys(_ACTION_TEXT.findall(around)):
        for action in matching_actions(pattern):
            actions[str(action)] = action
            if len(actions) >= _MAX_ACTIONS:
                return tuple(actions.values())
    return tuple(actions.values())


def matching_actions(pattern: str) -> Iterator[Action]:
    """The known actions that an action of a policy matches, wildcards included."""
    if "*" in pattern or "?" in pattern:
        yield from actions_in(pattern_bitset(pattern.lower()))
    elif action := find_action(pattern):
        yield action
