"""A condition operator of another type than the condition key.

`Bool` compares Booleans, `IpAddress` addresses, `DateLessThan` dates, and so on: with a key of another type the
condition does not hold, or holds always where it is negated. A key that holds an ARN may be compared as text; a key
that holds text (a tag, an encryption context) may not be compared as an ARN.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache

from iamglue.catalog.condition_key_types import ARRAY_PREFIX, condition_key_type
from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.condition_edits import rename_operator
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.conditions import Operator
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(Severity.WARNING, codes=("TYPE_MISMATCH",))
# How the operators of a type begin -> the types of keys they are for.
_FAMILIES = {
    "String": ("String", "ARN"),
    "Numeric": ("Numeric",),
    "Date": ("Date",),
    "Bool": ("Bool",),
    "Binary": ("Binary",),
    "IpAddress": ("IPAddress",),
    "NotIpAddress": ("IPAddress",),
    "Arn": ("ARN",),
}
_ALLOWED = {
    "String": "String operators",
    "Numeric": "Numeric operators",
    "Date": "Date operators",
    "Bool": "`Bool`",
    "Binary": "`BinaryEquals`",
    "IPAddress": "`IpAddress` and `NotIpAddress`",
    "ARN": "Arn operators",
}
# Seconds since 1970, which the User Guide lets be compared as dates and as numbers.
_EPOCH_TIME = "aws:epochtime"
_AS_TEXT = {
    "ArnEquals": "StringLike",
    "ArnLike": "StringLike",
    "ArnNotEquals": "StringNotLike",
    "ArnNotLike": "StringNotLike",
}


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every condition whose operator is not for the type of its key."""
    for statement, condition in policy.conditions:
        named = condition.operator
        if named is None or condition.key.unresolved:
            continue
        kind = _other_type(named.base, condition.key.text)
        if kind is None:
            continue
        text = f"`{named}` is not for `{condition.key.text}`, whose type is {kind}"
        found = None
        if kind == "String" and named.base in _AS_TEXT:
            right = str(replace(named, base=_AS_TEXT[named.base]))
            found = build_fix(f"write `{right}`", rename_operator(statement, condition, right))
        yield RuleViolation(condition.operator_node, text, help=_told(named, kind), fix=found)


@lru_cache(maxsize=8192)
def _other_type(base: str, key: str) -> str | None:
    """The type of a key that an operator is not for; None when it is, or the type is not known."""
    types = _types(base)
    kind = (condition_key_type(key) or "").removeprefix(ARRAY_PREFIX)
    if not types or kind in types or kind not in _ALLOWED:
        return None
    return None if "Numeric" in types and key.lower() == _EPOCH_TIME else kind


@cache
def _types(base: str) -> tuple[str, ...]:
    """The types an operator is for; none for Null, which is for all."""
    return next((types for begins, types in _FAMILIES.items() if base.startswith(begins)), ())


def _told(operator: Operator, kind: str) -> str:
    if kind == "String" and operator.base in _AS_TEXT:
        return f"write `{replace(operator, base=_AS_TEXT[operator.base])}`"
    return f"for such a key there are {_ALLOWED[kind]}"


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Bool":'
        ' {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SourceArn": "arn:aws:s3:::images"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Null":'
        ' {"aws:SourceIp": "false"}, "NumericLessThan": {"aws:EpochTime": "1900000000"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:MultiFactorAuthPresent": "true"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",'
        ' "Condition": {"ArnLike": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::images*"}}}',
        fixed='{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",'
        ' "Condition": {"StringLike": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::images*"}}}',
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"StringNotEquals": {"aws:SourceIp": "203.0.113.7"}}}'
    ),
)
