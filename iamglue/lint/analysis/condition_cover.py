"""Compare conditions of two statements by their texts, without a proof."""

from __future__ import annotations

from iamglue.policy.arns import resource_covers
from iamglue.policy.parsed_policy import ParsedStatement
from iamglue.policy.parsed_values import ParsedCondition
from iamglue.policy.patterns.wildcards import covers

_COMPARABLE_OPERATORS = frozenset({"StringEquals", "StringLike", "Bool"})
_STRING_OPERATORS = ("StringEquals", "StringLike")
_ARN_OPERATORS = ("ArnEquals", "ArnLike")


def condition_covers(condition: ParsedCondition, specific: ParsedStatement) -> bool | None:
    """True if the condition is true whenever the conditions of `specific` are; None if that needs a proof."""
    operator, key = condition.operator, condition.key.text.lower()
    if operator is None or not condition.is_resolved:
        return None
    candidates = [
        candidate for candidate in specific.conditions if candidate.is_resolved and candidate.key.text.lower() == key
    ]
    for candidate in candidates:
        if candidate.operator == operator and operator.base in _COMPARABLE_OPERATORS:
            return _covers_same_operator(condition, candidate)
        if (
            candidate.operator == operator
            and operator.base == "Null"
            and _value_texts(candidate) == _value_texts(condition)
        ):
            return True
    if len(candidates) == 1 and _exceeds(candidates[0], condition):
        return False
    return None


def _value_texts(condition: ParsedCondition) -> list[str]:
    return [node.text for node in condition.values]


def _covers_same_operator(general: ParsedCondition, specific: ParsedCondition) -> bool:
    """True if one condition covers another with the same operator."""
    texts = {pattern.text for pattern in general.values}
    is_like = general.operator is not None and general.operator.base == "StringLike"
    patterns = texts if is_like else ()  # other operators compare a star literally
    return bool(specific.values) and all(
        value.text in texts or any(covers(pattern, value.text) for pattern in patterns) for value in specific.values
    )


def _exceeds(specific: ParsedCondition, general: ParsedCondition) -> bool:
    """True if a value matches the only condition of `specific` on the key, but not the condition `general`.

    Most pairs with different operators can be decided this way, such as roles passed to different services.
    """
    general_operator, specific_operator = general.operator, specific.operator
    if (
        general_operator is None
        or specific_operator is None
        or general_operator.quantifier
        or specific_operator.quantifier
        or not (general.values and specific.values)
    ):
        return False
    if general_operator.base == "Null":
        return _differs_in_presence(general, specific)
    general_texts, specific_texts = _value_texts(general), _value_texts(specific)
    if general_operator.base == "StringNotEquals" and specific_operator.base == "StringEquals":
        return not set(general_texts).isdisjoint(specific_texts)
    if any("${" in text for text in (*general_texts, *specific_texts)):
        return False
    if general_operator.base in _ARN_OPERATORS and specific_operator.base in _ARN_OPERATORS:
        return any(not any(resource_covers(pattern, text) for pattern in general_texts) for text in specific_texts)
    both_strings = general_operator.base in _STRING_OPERATORS and specific_operator.base in _STRING_OPERATORS
    return both_strings and any(
        not _may_be_covered(text, general_texts, general_operator.base, specific_operator.base)
        for text in specific_texts
    )


def _differs_in_presence(null: ParsedCondition, specific: ParsedCondition) -> bool:
    """True if one condition requires that the key is absent and the other that it is present, or the reverse."""
    null_values = {node.text.lower() for node in null.values}
    if specific.operator is None or len(null_values) > 1:
        return False
    if specific.operator.base == "Null":
        return len(specific.values) == 1 and specific.values[0].text.lower() not in null_values
    return (
        null_values == {"true"}
        and specific.operator.base in (*_STRING_OPERATORS, *_ARN_OPERATORS)
        and not specific.operator.if_exists
    )


def _may_be_covered(text: str, general_texts: list[str], general_base: str, specific_base: str) -> bool:
    """True if a text is in `general_texts` or may match one of them; wildcards under StringEquals are skipped."""
    if text in general_texts or (specific_base == "StringEquals" and ("*" in text or "?" in text)):
        return True
    return general_base == "StringLike" and any(covers(pattern, text) for pattern in general_texts)
