"""Which actions of a statement cannot be told apart by the tags of their resource."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iamglue.catalog.carriers import can_carry
from iamglue.iam.policies import Effect
from iamglue.rules.key_needed import needs_the_key
from iamglue.subjects.written_policy import WrittenPolicy
from iamglue.subjects.written_values import WrittenCondition

_KEY = "aws:resourcetag/"


@dataclass(frozen=True, slots=True)
class TagCondition:
    """A condition on `aws:ResourceTag/...` and the actions whose requests never carry it; all but some: `negated`."""

    condition: WrittenCondition
    actions: tuple[str, ...]
    negated: bool


def unsupported_tags(policy: WrittenPolicy, effect: Effect) -> Iterator[TagCondition]:
    """The conditions on resource tags in statements of an effect that some of their actions never meet."""
    for statement, condition in policy.conditions:
        if not condition.key.text.lower().startswith(_KEY) or statement.effect is not effect:
            continue
        if statement.action is None or not needs_the_key(condition):
            continue
        if statement.action.negated:
            yield TagCondition(condition, (), negated=True)
            continue
        key = condition.key.text
        found = tuple(
            node.text for node in statement.action.values if not node.holes and can_carry(node.text, key) is False
        )
        if found:
            yield TagCondition(condition, found, negated=False)
