"""What the conditions of a statement say of the caller: whether they hold it to somebody, and to whom.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html (the meaning of "public")
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from iamglue.catalog.restricting_condition_keys import CallerRestriction, caller_restriction
from iamglue.policy.arns import split_arn_fields
from iamglue.policy.model import Effect
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
# S3 takes a range wider than these for the whole internet.
_MIN_PREFIX_LENGTH = {4: 8, 6: 32}


def has_known_condition_keys(statement: ParsedStatement) -> bool:
    """Whether every condition key of the statement is known before deployment."""
    node = statement.get("Condition")
    if node is None:
        return True
    return node.kind is not NodeKind.UNKNOWN and all(_has_known_keys(name, keys) for name, keys in node.pairs)


def _has_known_keys(operator: Node, keys: Node) -> bool:
    return (
        not operator.unresolved
        and keys.kind is not NodeKind.UNKNOWN
        and not any(key.unresolved for key, _ in keys.pairs)
    )


def restricting_conditions(statement: ParsedStatement) -> Iterator[tuple[CallerRestriction, ParsedCondition]]:
    """The conditions of the statement that hold the caller to fixed values, with what they say of it."""
    for condition in statement.conditions:
        kind = caller_restriction(condition.key.text)
        if kind is not None and _requires_key(condition) and _is_fixed(condition):
            yield kind, condition


def denies_everyone_else(statement: ParsedStatement) -> bool:
    """Whether the statement denies everyone but those that a confining key names."""
    if statement.effect is not Effect.DENY:
        return False
    return any(
        condition.operator is not None
        and "Not" in condition.operator.base
        and caller_restriction(condition.key.text)
        and _is_fixed(condition)
        for condition in statement.conditions
    )


def _requires_key(condition: ParsedCondition) -> bool:
    """Whether the condition is false for a request without the key."""
    operator = condition.operator
    if operator is None or operator.base not in _POSITIVE_OPERATORS:
        return False
    return not operator.if_exists and operator.quantifier != "ForAllValues"


def _is_fixed(condition: ParsedCondition) -> bool:
    """Whether all values name something; what is not known before deployment is taken to."""
    if not condition.is_resolved:
        return True
    key = condition.key.text.lower()
    return bool(condition.values) and not any(is_unrestricted_value(key, node.text) for node in condition.values)


@lru_cache(maxsize=4096)
def is_unrestricted_value(key: str, text: str) -> bool:
    """Whether a value leaves open what the key (in lower case) is to say: `*`, an ARN of any account, any address."""
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
    return any(character not in "*?:/" for character in text)


def _is_wide_range(text: str) -> bool:
    from ipaddress import ip_network  # noqa: PLC0415 - startup: only for a statement open to everyone

    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return False  # another rule says what is wrong with it
    return network.prefixlen < _MIN_PREFIX_LENGTH[network.version]
