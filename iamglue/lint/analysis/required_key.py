"""Conditions that require their key, and lists of names in messages."""

from __future__ import annotations

from collections.abc import Iterable

from iamglue.policy.conditions import Operator
from iamglue.policy.parsed_values import ParsedCondition


def is_negated_operator(operator: Operator) -> bool:
    """True if the operator is the negated form of another one."""
    return "Not" in operator.base


def requires_key(condition: ParsedCondition) -> bool:
    """True if the condition is true only for requests that contain its key.

    `...IfExists`, negated operators and ForAllValues are true without the key. Null tests the presence itself, so the
    author knows that the key may be absent.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    operator = condition.operator
    if operator is None or operator.base == "Null" or operator.if_exists:
        return False
    return operator.quantifier == "ForAnyValue" or not (operator.quantifier or is_negated_operator(operator))


def format_code_list(texts: Iterable[str], limit: int = 6) -> str:
    """Join texts in backticks for a message; after `limit` texts, only the number of the rest is shown."""
    shown = [f"`{text}`" for text in dict.fromkeys(texts)]
    more = len(shown) - limit
    return ", ".join(shown) if more <= 0 else f"{', '.join(shown[:limit])} and {more} more"


def format_first_names(names: tuple[str, ...]) -> str:
    """Up to three names in backticks, joined for a message; more are summed up as "and others"."""
    shown = [f"`{name}`" for name in names[:3]]
    if len(names) > len(shown):
        return f"{', '.join(shown)} and others"
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]
