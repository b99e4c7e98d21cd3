"""Conditions as values: an operator, a condition key and the values that it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
OPERATORS: tuple[str, ...] = (
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
)
QUANTIFIERS: tuple[str, ...] = ("ForAllValues", "ForAnyValue")
_BY_LOWER = {name.lower(): name for name in OPERATORS}
_QUANTIFIER_BY_LOWER = {name.lower(): name for name in QUANTIFIERS}


@dataclass(frozen=True, slots=True, order=True)
class Operator:
    """A condition operator: `base` is one of `OPERATORS`; `quantifier` is "", "ForAllValues" or "ForAnyValue"."""

    base: str
    quantifier: str = ""
    if_exists: bool = False

    def __str__(self) -> str:
        prefix = f"{self.quantifier}:" if self.quantifier else ""
        return f"{prefix}{self.base}{'IfExists' if self.if_exists else ''}"


@cache
def parse_operator(text: str) -> Operator | None:
    """Parse an operator name, in any case, as IAM does; None if there is no such operator."""
    head, colon, rest = text.partition(":")
    quantifier = _QUANTIFIER_BY_LOWER.get(head.lower(), "") if colon else ""
    if colon and not quantifier:
        return None
    name = (rest if colon else head).lower()
    if name in _BY_LOWER:
        return Operator(_BY_LOWER[name], quantifier)
    base = _BY_LOWER.get(name.removesuffix("ifexists"))
    if base is None or base == "Null" or not name.endswith("ifexists"):
        return None
    return Operator(base, quantifier, if_exists=True)


@dataclass(frozen=True, slots=True, order=True)
class Condition:
    """One operator on one condition key.

    It holds if the operator holds for any of `values` (for a negated operator: for all of them).
    """

    operator: Operator
    key: str
    values: tuple[str, ...]


def build_condition(operator_text: str, key: str, *values: str) -> Condition:
    """Build a Condition from the name of its operator.

    Raises ValueError for an unknown operator: the name comes from our code, not from a user.
    """
    operator = parse_operator(operator_text)
    if operator is None:
        raise ValueError(f"no condition operator {operator_text!r}")
    return Condition(operator, key, values)
