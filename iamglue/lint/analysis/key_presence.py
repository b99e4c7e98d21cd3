"""Conditions with a bare `*` as value, which only test whether the key is present, or nothing at all."""

from __future__ import annotations

from enum import StrEnum

from iamglue.catalog.condition_key_types import condition_key_type, is_multivalued_type
from iamglue.policy.conditions import Operator
from iamglue.policy.parsed_values import ParsedCondition

_STRING_OPERATORS = frozenset({"StringLike", "StringNotLike"})
_ARN_OPERATORS = frozenset({"ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"})
_ANY_ARN = "arn:*:*:*:*:*"


class KeyPresence(StrEnum):
    """What a condition with a bare `*` tests: the key is present, absent, or the result is constant."""

    PRESENT = "present"
    ABSENT = "absent"
    ALWAYS = "always"
    NEVER = "never"


def key_presence(condition: ParsedCondition) -> KeyPresence | None:
    """What the condition tests; None if it depends on the value of the key, or if that is not known."""
    operator = condition.operator
    if (
        operator is None
        or not condition.values
        or not (operator.base in _STRING_OPERATORS or operator.base in _ARN_OPERATORS)
    ):
        return None
    if not any(_matches_all(value.text, operator.base) and not value.unresolved for value in condition.values):
        return None
    kind = condition_key_type(condition.key.text)
    if kind is None or (operator.base in _ARN_OPERATORS and not kind.endswith("ARN")):
        return None
    if is_multivalued_type(kind) and not operator.quantifier:
        return None  # such a condition matches no request with several values
    return _presence_by_operator(operator)


def _matches_all(text: str, base: str) -> bool:
    """True if a value matches every value of the key under the operator."""
    return text == _ANY_ARN if base in _ARN_OPERATORS else bool(text) and not text.strip("*")


def _presence_by_operator(operator: Operator) -> KeyPresence | None:
    """What the operator tests if the value is `*`; None where it is undecided."""
    negated = "Not" in operator.base
    if operator.quantifier == "ForAllValues":
        return KeyPresence.ABSENT if negated else KeyPresence.ALWAYS
    if operator.quantifier == "ForAnyValue":
        if operator.if_exists:
            return None  # AWS's documentation contradicts itself about an absent key
        return KeyPresence.NEVER if negated else KeyPresence.PRESENT
    if negated:
        return KeyPresence.ABSENT
    return KeyPresence.ALWAYS if operator.if_exists else KeyPresence.PRESENT
