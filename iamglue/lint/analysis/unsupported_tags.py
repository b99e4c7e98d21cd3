"""Conditions on resource tags in statements with actions that do not support them; shared by two rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iamglue.catalog.condition_key_support import actions_without_resource_tags
from iamglue.lint.analysis.required_key import format_code_list, requires_key
from iamglue.lint.rule import RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.parsed_values import ParsedCondition

_KEY_PREFIX = "aws:resourcetag/"


@dataclass(frozen=True, slots=True)
class _TagCondition:
    """A condition on `aws:ResourceTag/...` and the actions (wildcards expanded) whose requests never contain the key.

    `negated`: the statement has NotAction.
    """

    condition: ParsedCondition
    actions: tuple[str, ...]
    negated: bool


def unsupported_tag_violations(policy: ParsedPolicy, effect: Effect, not_action_code: str) -> Iterator[RuleViolation]:
    """A violation for each resource tag condition, under this Effect, that never holds for some actions.

    `not_action_code` is the code of AWS's check for statements with NotAction.
    """
    verb = effect.value.lower()
    third_person = "allows" if effect is Effect.ALLOW else "denies"
    for tag_condition in _unsupported_tag_conditions(policy, effect):
        key = tag_condition.condition.key
        if tag_condition.negated:
            yield RuleViolation(
                key,
                f"`NotAction` with `{key.text}` {third_person} only actions whose requests carry resource tags",
                help=f"list the actions to {verb} in `Action`",
                code=not_action_code,
            )
            continue
        actions = format_code_list(tag_condition.actions)
        yield RuleViolation(
            key,
            f"requests for {actions} never carry `{key.text}`, so this statement does not {verb} them",
            help=f"move {actions} to a statement that names the resources instead of testing this key",
        )


def _unsupported_tag_conditions(policy: ParsedPolicy, effect: Effect) -> Iterator[_TagCondition]:
    """For each resource tag, the first condition that some actions of its statement do not support."""
    seen = set()
    for statement, condition in policy.conditions:
        key = condition.key.text.lower()
        if not key.startswith(_KEY_PREFIX) or statement.effect is not effect or statement.action is None:
            continue
        if (statement.index, key) in seen or not (requires_key(condition) or _tests_presence(condition)):
            continue
        seen.add((statement.index, key))
        if statement.action.negated:
            yield _TagCondition(condition, (), negated=True)
            continue
        known = (node.text for node in statement.action.values if not node.unresolved)
        actions = tuple(dict.fromkeys(name for text in known for name in actions_without_resource_tags(text)))
        if actions:
            yield _TagCondition(condition, actions, negated=False)


def _tests_presence(condition: ParsedCondition) -> bool:
    """True for `Null` with `false`, which requires that the key is present."""
    operator = condition.operator
    if operator is None or operator.base != "Null" or operator.quantifier or not condition.is_resolved:
        return False
    return bool(condition.values) and all(value.text.lower() == "false" for value in condition.values)
