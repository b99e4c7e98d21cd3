"""Where the cursor is in a policy: in an action, a resource, a condition; and the statement around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from iamglue.catalog.services import Action, find_action
from iamglue.engine.solve.action_bitsets import actions_in, pattern_bitset
from iamglue.language_server.cursor_context import CursorContext
from iamglue.policy.action_names import ACTION_NAME_PATTERN


class PolicyElement(StrEnum):
    """The part of a statement that the cursor is in."""

    ACTION = "action"
    RESOURCE = "resource"
    EFFECT = "effect"
    OPERATOR = "operator"
    CONDITION_KEY = "condition-key"
    STATEMENT_KEY = "statement-key"
    SERVICE_PRINCIPAL = "service-principal"
    PRINCIPAL_KEY = "principal-key"
    PRINCIPAL_TYPE = "principal-type"
    DOCUMENT_KEY = "document-key"
    VERSION = "version"
    BLOCK_KEY = "block-key"


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
_PRINCIPAL_BLOCKS = ("principals", "not_principals")
# A block `statement` of the data source; those of other types, such as of WAF, are in resources.
_STATEMENT_BLOCKS = (("data", "statement"), ("data", "dynamic", "content"))
_ACTION_TEXT = re.compile(rf"(?<![\w:/-])([A-Za-z0-9-]{{2,}}:{ACTION_NAME_PATTERN})(?![\w:/-])")
_HAS_ACTIONS = re.compile(r"\b(?:Not)?Action\b|\b(?:not_)?actions\b")
_MAX_ACTIONS = 2000


def policy_element(context: CursorContext) -> PolicyElement | None:
    """The part of a statement at the cursor; None if it is somewhere else."""
    keys, key = context.keys, context.key
    outer = keys[-2] if len(keys) > 1 else ""
    if context.is_key and (element := _key_element(context)):
        return element
    if outer in _PRINCIPAL_BLOCKS and keys[0] == "data":
        return _principal_block_element(context)
    if (context.is_item or not context.is_key) and (element := _value_element(context, outer)):
        return element
    if outer == "condition":
        return _CONDITION_BLOCK.get(key)
    by_key = {**dict.fromkeys(_CONDITION_KEYS, PolicyElement.OPERATOR), "Statement": PolicyElement.STATEMENT_KEY}
    element = PolicyElement.CONDITION_KEY if outer in _CONDITION_KEYS else by_key.get(key)
    return element if context.is_key else None


def _value_element(context: CursorContext, outer: str) -> PolicyElement | None:
    """What a value, or an item of a list, is by its key."""
    if context.key == "Version" and "Statement" in dict(context.siblings):
        return PolicyElement.VERSION
    is_service = context.key == "Service" and outer in _PRINCIPAL_KEYS
    return PolicyElement.SERVICE_PRINCIPAL if is_service else _VALUES.get(context.key)


def _key_element(context: CursorContext) -> PolicyElement | None:
    """What a key is that is not in a condition or a statement of JSON; None if it is another one."""
    if context.key in _PRINCIPAL_KEYS:
        return PolicyElement.PRINCIPAL_KEY
    if context.keys in _STATEMENT_BLOCKS:
        return PolicyElement.BLOCK_KEY
    return PolicyElement.DOCUMENT_KEY if "Statement" in dict(context.siblings) else None


def _principal_block_element(context: CursorContext) -> PolicyElement | None:
    """What a value in a block `principals` of Terraform is."""
    if context.key == "type":
        return PolicyElement.PRINCIPAL_TYPE
    is_service = dict(context.siblings).get("type", "").strip("\"'") == "Service"
    return PolicyElement.SERVICE_PRINCIPAL if context.key == "identifiers" and is_service else None


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
