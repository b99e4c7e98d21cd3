"""A condition value does not have the type that the operator compares: a Boolean, a date, a number or base64.

Such a condition never holds. Write a date as `2027-01-31` or `2027-01-31T08:00:00Z`; IAM reads a number in place of a
date as seconds since 1970, which is rarely intended.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.conditions import Operator
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.source.nodes import Node

RULE = Rule(
    Severity.WARNING,
    codes=(
        "TYPE_MISMATCH_BOOLEAN",
        "TYPE_MISMATCH_DATE",
        "TYPE_MISMATCH_NUMBER",
        "TYPE_MISMATCH_STRING",
        "INVALID_DATE_VALUE",
    ),
)
_UNTYPED_OPERATORS = ("String", "Arn", "Ip", "NotIp")
_BOOLEANS = frozenset({"true", "false"})
# The basic format of ISO 8601 (no dashes, no colons), which is valid in addition to the W3C formats.
_BASIC_DATE = re.compile(r"[0-9]{8}T[0-9]{6}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report values that do not have the type of their operator."""
    for _, condition in policy.conditions:
        operator = condition.operator
        if operator is None or operator.base.startswith(_UNTYPED_OPERATORS):
            continue
        for value in condition.values:
            if value.unresolved or "${" in value.text:
                continue
            code = _mismatch_code(operator.base, value.text)
            if code:
                yield _build_violation(value, operator, code)


@lru_cache(maxsize=4096)
def _mismatch_code(base: str, text: str) -> str | None:
    """Return the code of the problem with a value; None if the value is valid."""
    if base in ("Bool", "Null"):
        return None if text in _BOOLEANS or text.lower() in _BOOLEANS else "TYPE_MISMATCH_BOOLEAN"
    if base == "BinaryEquals":
        return None if _is_base64(text) else "TYPE_MISMATCH_STRING"
    from iamglue.engine.evaluate.numbers_and_dates import parse_number, parse_timestamp  # noqa: PLC0415 - startup: few policies compare numbers

    if base.startswith("Numeric"):
        return None if parse_number(text) is not None else "TYPE_MISMATCH_NUMBER"
    if parse_number(text) is not None and not re.fullmatch("[0-9]{4}", text):
        return "INVALID_DATE_VALUE"
    return None if parse_timestamp(text) is not None or _BASIC_DATE.fullmatch(text) else "TYPE_MISMATCH_DATE"


def _is_base64(text: str) -> bool:
    """Whether a text is complete Base64, as `BinaryEquals` compares it."""
    from base64 import b64decode  # noqa: PLC0415 - startup: hardly any policy compares binary values

    try:
        b64decode(text, validate=True)
    except ValueError:
        return False
    return True


_PROBLEMS = {
    "TYPE_MISMATCH_BOOLEAN": ("is not a Boolean", "one", "write `true` or `false`"),
    "TYPE_MISMATCH_DATE": ("is not a valid date", "one", "write the date as `2027-01-31` or `2027-01-31T08:00:00Z`"),
    "TYPE_MISMATCH_NUMBER": ("is not a number", "one", "write digits, with a decimal point if needed"),
    "TYPE_MISMATCH_STRING": ("is not a base64 value", "one", "encode the value in base64"),
    "INVALID_DATE_VALUE": ("is a number of seconds since 1970", "a date", "write the date as `2027-01-31`"),
}


def _build_violation(value: Node, operator: Operator, code: str) -> RuleViolation:
    """The violation of a value that is not of the operator's type."""
    problem, required, help_ = _PROBLEMS[code]
    return RuleViolation(
        value, f"`{value.text}` {problem}, but `{operator}` requires {required}", help=help_, code=code
    )


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Bool":'
        ' {"aws:SecureTransport": true}, "NumericLessThan": {"aws:MultiFactorAuthAge": 3600}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"DateLessThan": {"aws:CurrentTime": ["2027-01-31", "2027-01-31T08:00:00Z"]}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"Bool": {"aws:SecureTransport": "yes"}, "Null": {"aws:SourceIp": 0}}}',
        codes=("TYPE_MISMATCH_BOOLEAN", "TYPE_MISMATCH_BOOLEAN"),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"DateLessThan": {"aws:CurrentTime": ["31.1.2027", "1900000000"]}}}',
        codes=("TYPE_MISMATCH_DATE", "INVALID_DATE_VALUE"),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"NumericLessThan":'
        ' {"aws:MultiFactorAuthAge": "1h"}, "BinaryEquals": {"a:b": "not base64"}}}',
        codes=("TYPE_MISMATCH_NUMBER", "TYPE_MISMATCH_STRING"),
    ),
)
