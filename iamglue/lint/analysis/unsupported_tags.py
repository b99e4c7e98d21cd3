"""Conditions on resource tags in statements with actions that do not support them; shared by three rules.

What Access Analyzer reports of such actions was measured on AWS managed policies: never a condition with `Null`, and
never an action whose request may contain tags, such as one that creates the resource.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iamglue.catalog.condition_key_support import accepts_request_tags, actions_without_resource_tags
from iamglue.lint.analysis.required_key import format_code_list, requires_key
from iamglue.lint.rule import RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.parsed_values import ParsedCondition, ParsedMatchList

_KEY_PREFIX = "aws:resourcetag/"


@dataclass(frozen=True, slots=True)
class TagCondition:
    """A condition on a resource tag that holds only for requests with the tag.

    `actions` (wildcards expanded) are those whose requests never contain the key; () for NotAction.
    """

    condition: ParsedCondition
    actions: tuple[str, ...]
    effect: Effect
    has_not_action: bool

    @property
    def reported_actions(self) -> tuple[str, ...]:
        """The actions that Access Analyzer reports."""
        if not requires_key(self.condition):
            return ()
        return tuple(name for name in self.actions if not accepts_request_tags(name))

    @property
    def other_actions(self) -> tuple[str, ...]:
        """The actions that Access Analyzer does not report."""
        reported = self.reported_actions
        return tuple(name for name in self.actions if name not in reported)


def unsupported_tag_violations(policy: ParsedPolicy, effect: Effect, not_action_code: str) -> Iterator[RuleViolation]:
    """A violation for each resource tag condition and service, under this Effect, that Access Analyzer reports.

    `not_action_code` is the code of its check for statements with NotAction.
    """
    verb = effect.value.lower()
    third_person = "allows" if effect is Effect.ALLOW else "denies"
    for tag_condition in resource_tag_conditions(policy):
        if tag_condition.effect is not effect:
            continue
        key = tag_condition.condition.key
        if tag_condition.has_not_action and requires_key(tag_condition.condition):
            yield RuleViolation(
                key,
                f"`NotAction` with `{key.text}` {third_person} only actions whose requests carry resource tags",
                help=f"list the actions to {verb} in `Action`",
                code=not_action_code,
            )
        for service, names in _names_by_service(tag_condition.reported_actions).items():
            actions = format_code_list(names)
            yield RuleViolation(
                key,
                f"requests for {actions} never carry `{key.text}`, so this statement does not {verb} them",
                help=f"move {actions} to a statement that names the resources instead of testing this key",
                detail=service,
            )


def resource_tag_conditions(policy: ParsedPolicy) -> Iterator[TagCondition]:
    """For each statement and resource tag, one condition that requires the tag; `Null` only if there is no other."""
    chosen: dict[tuple[int, str], tuple[ParsedStatement, ParsedCondition]] = {}
    for statement, condition in policy.conditions:
        key = condition.key.text.lower()
        if not key.startswith(_KEY_PREFIX) or statement.effect is None or statement.action is None:
            continue
        if requires_key(condition):
            previous = chosen.get((statement.index, key))
            if previous is None or not requires_key(previous[1]):
                chosen[statement.index, key] = (statement, condition)
        elif _tests_presence(condition):
            chosen.setdefault((statement.index, key), (statement, condition))
    for statement, condition in chosen.values():
        if statement.effect is not None and statement.action is not None:
            negated = statement.action.negated
            actions = () if negated else _actions_without_resource_tags(statement.action)
            yield TagCondition(condition, actions, statement.effect, negated)


def _actions_without_resource_tags(action: ParsedMatchList) -> tuple[str, ...]:
    known = (node.text for node in action.values if not node.unresolved)
    return tuple(dict.fromkeys(name for text in known for name in actions_without_resource_tags(text)))


def _names_by_service(names: tuple[str, ...]) -> dict[str, list[str]]:
    """The names of actions by the prefix of their service."""
    names_by_service: dict[str, list[str]] = {}
    for name in names:
        names_by_service.setdefault(name.partition(":")[0], []).append(name)
    return names_by_service


def _tests_presence(condition: ParsedCondition) -> bool:
    """True for `Null` with `false`, which requires that the key is present."""
    operator = condition.operator
    if operator is None or operator.base != "Null" or operator.quantifier or not condition.is_resolved:
        return False
    return bool(condition.values) and all(value.text.lower() == "false" for value in condition.values)
