"""Conditions of a statement that limit the caller to fixed values.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html (the meaning of "public")
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from iamglue.catalog.restricting_condition_keys import CallerRestriction, caller_restriction
from iamglue.policy.arns import split_arn_fields
from iamglue.policy.parsed_policy import ParsedStatement
from iamglue.policy.parsed_values import ParsedCondition
from iamglue.policy.source.nodes import Node, NodeKind

_POSITIVE_OPERATORS = frozenset(
    {
        "StringEquals",
        "StringEqualsIgnoreCase",
        "StringLike",
        "ArnEquals",
        "ArnLike",
        "IpAddress",
        "Bool",
        "BinaryEquals",
    }
)
_ARN_FIELDS = 6
# S3 treats an IP range with a shorter prefix as the whole internet.
_MIN_PREFIX_LENGTH = {4: 8, 6: 32}


def has_known_condition_keys(statement: ParsedStatement) -> bool:
    """True if every condition key of the statement is known before deployment."""
    node = statement.get("Condition")
    if node is None:
        return True
    return node.kind is not NodeKind.UNKNOWN and all(_has_known_keys(name, keys) for name, keys in node.pairs)


def _has_known_keys(operator: Node, keys: Node) -> bool:
    """Whether an operator of `Condition` and the names of its keys are known before deployment."""
    return (
        not operator.unresolved
        and keys.kind is not NodeKind.UNKNOWN
        and not any(key.unresolved for key, _ in keys.pairs)
    )


def restricting_conditions(statement: ParsedStatement) -> Iterator[tuple[CallerRestriction, ParsedCondition]]:
    """Conditions that limit the caller to fixed values, each with the kind of restriction."""
    for condition in statement.conditions:
        kind = caller_restriction(condition.key.text)
        if kind is not None and _requires_key(condition) and _is_fixed(condition):
            yield kind, condition


def _requires_key(condition: ParsedCondition) -> bool:
    """True if the condition is false for a request without the key."""
    operator = condition.operator
    if operator is None or operator.base not in _POSITIVE_OPERATORS:
        return False
    return not operator.if_exists and operator.quantifier != "ForAllValues"


def _is_fixed(condition: ParsedCondition) -> bool:
    """True if no value is unrestricted. Values that are unknown before deployment count as fixed."""
    if not condition.is_resolved:
        return True
    key = condition.key.text.lower()
    return bool(condition.values) and not any(is_unrestricted_value(key, node.text) for node in condition.values)


@lru_cache(maxsize=4096)
def is_unrestricted_value(key: str, text: str) -> bool:
    """True if a value does not limit the key (in lower case): `*`, an ARN of any account, a wide IP range."""
    if key == "aws:sourceip":
        return _is_wide_range(text)
    if key in ("aws:principalisawsservice", "elasticfilesystem:accessedviamounttarget"):
        return text.lower() != "true"
    if "${" in text:
        return False
    if text.startswith("arn:"):
        fields = split_arn_fields(text)
        if len(fields) < _ARN_FIELDS:
            return text.endswith("*")
        identifying_fields = [fields[4], fields[5]] if fields[2] == "s3" else [fields[4]]
        return not any(_has_literal_text(field) for field in identifying_fields)
    return not _has_literal_text(text.removeprefix("o-"))


def _has_literal_text(text: str) -> bool:
    """True if the text has characters other than wildcards and separators."""
    return any(character not in "*?:/" for character in text)


def _is_wide_range(text: str) -> bool:
    """True if a range is so wide that S3 treats it as the whole internet."""
    from ipaddress import ip_network  # noqa: PLC0415 - startup: only needed for statements that allow everyone

    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return False  # another rule reports it
    return network.prefixlen < _MIN_PREFIX_LENGTH[network.version]
