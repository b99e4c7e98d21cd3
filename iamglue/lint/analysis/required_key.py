"""Whether a condition holds only for requests that carry its key, and how messages list actions."""

from __future__ import annotations

from collections.abc import Iterable

from iamglue.policy.conditions import Operator
from iamglue.policy.parsed_values import ParsedCondition


def is_negated_operator(operator: Operator) -> bool:
    """Whether the operator is the negative form of another one."""
    return "Not" in operator.base


def requires_key(condition: ParsedCondition) -> bool:
    """Whether the condition holds only for requests that carry its key.

    `...IfExists`, negated operators and ForAllValues hold without the key; Null asks for just that, so that whoever
    writes it knows that the key may be absent.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    operator = condition.operator
    if operator is None or operator.base == "Null" or operator.if_exists:
        return False
    return operator.quantifier == "ForAnyValue" or not (operator.quantifier or is_negated_operator(operator))


def format_code_list(texts: Iterable[str], limit: int = 6) -> str:
    """Words for a message: each in backticks, the first few of many."""
    shown = [f"`{text}`" for text in dict.fromkeys(texts)]
    more = len(shown) - limit
    return ", ".join(shown) if more <= 0 else f"{', '.join(shown[:limit])} and {more} more"
