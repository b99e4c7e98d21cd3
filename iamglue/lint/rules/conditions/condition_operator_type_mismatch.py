"""A condition operator does not fit the type of the condition key.

`Bool` compares Booleans, `IpAddress` IP addresses, `DateLessThan` dates, and so on. With a key of another type the
condition never holds, or always holds if the operator is negated. String operators may compare a key of type ARN, and
Arn operators a key of type String (a tag, an encryption context) that contains an ARN.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from iamglue.catalog.condition_key_types import condition_key_type
from iamglue.catalog.services import ARRAY_PREFIX
from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(Severity.WARNING, codes=("TYPE_MISMATCH",))
# Prefix of the operators -> the types of condition keys that they compare.
_TYPES_BY_OPERATOR_PREFIX = {
    "String": ("String", "ARN"),
    "Numeric": ("Numeric",),
    "Date": ("Date",),
    "Bool": ("Bool",),
    "Binary": ("Binary",),
    "IpAddress": ("IPAddress",),
    "NotIpAddress": ("IPAddress",),
    "Arn": ("ARN", "String"),
}
_OPERATORS_BY_TYPE = {
    "String": "String operators",
    "Numeric": "Numeric operators",
    "Date": "Date operators",
    "Bool": "`Bool`",
    "Binary": "`BinaryEquals`",
    "IPAddress": "`IpAddress` or `NotIpAddress`",
    "ARN": "Arn operators",
}
# Keys that AWS compares with Numeric operators although its reference lists another type: seconds since 1970, and days.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-epochtime
# https://docs.aws.amazon.com/amazonglacier/latest/dev/vault-lock-policy.html
_NUMERIC_KEYS = ("aws:epochtime", "glacier:archiveageindays")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report conditions whose operator does not fit the type of the key."""
    for _, condition in policy.conditions:
        operator = condition.operator
        if operator is None or condition.key.unresolved:
            continue
        key_type = _mismatched_type(operator.base, condition.key.text)
        if key_type is None:
            continue
        text = f"`{operator}` cannot compare `{condition.key.text}`, whose type is {key_type}"
        help_ = f"use {_OPERATORS_BY_TYPE[key_type]} for this key"
        yield RuleViolation(condition.operator_node, text, help=help_, detail=condition.key.text)


@lru_cache(maxsize=8192)
def _mismatched_type(base: str, key: str) -> str | None:
    """Return the type of a key that the operator cannot compare; None if it can, or if the type is unknown."""
    types = _supported_types(base)
    key_type = (condition_key_type(key) or "").removeprefix(ARRAY_PREFIX)
    if not types or key_type in types or key_type not in _OPERATORS_BY_TYPE:
        return None
    return None if "Numeric" in types and key.lower() in _NUMERIC_KEYS else key_type


@cache
def _supported_types(base: str) -> tuple[str, ...]:
    """Return the key types that an operator compares; empty for `Null`, which accepts every type."""
    return next((types for prefix, types in _TYPES_BY_OPERATOR_PREFIX.items() if base.startswith(prefix)), ())


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Bool":'
        ' {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SourceArn": "arn:aws:s3:::images"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Null":'
        ' {"aws:SourceIp": "false"}, "NumericLessThan": {"aws:EpochTime": "1900000000"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",'
        ' "Condition": {"ArnLike": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::images*"}}}'
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "glacier:DeleteArchive", "Resource": "*",'
        ' "Condition": {"NumericLessThan": {"glacier:ArchiveAgeInDays": "365"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:MultiFactorAuthPresent": "true"}}}'
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"StringNotEquals": {"aws:SourceIp": "203.0.113.7"}}}'
    ),
)
