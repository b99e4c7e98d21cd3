"""Whether S3 considers a bucket policy public, by the rules of its page on Block Public Access.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html (The meaning of "public")
"""

from __future__ import annotations

from functools import cache, lru_cache
from ipaddress import ip_network

from iamglue.catalog.restricting_condition_keys import caller_restriction
from iamglue.catalog.tables import table_rows
from iamglue.engine.evaluate.truth import Truth, all_of, any_of, opposite
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.conditions import Condition
from iamglue.policy.model import Effect, Policy, Principal, Principals, Statement
from iamglue.policy.patterns.variables import has_parameters
from iamglue.policy.patterns.wildcards import has_wildcard

# Operators that are false for a request without the key, or with another value of it.
_LIMITING_OPERATORS = frozenset(
    {"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike", "IpAddress", "BinaryEquals"}
)
# S3 considers a range with a shorter prefix public.
_MIN_PREFIX_LENGTH = {4: 8, 6: 32}
_NAME_FIELD = ARN_FIELD_COUNT - 1


@lru_cache(maxsize=256)
def is_public_bucket_policy(policy: Policy) -> Truth:
    """Whether S3 considers the policy public: one statement is enough. None where S3's page does not decide."""
    public = any_of(_is_public(statement) for statement in policy.statements if statement.effect is Effect.ALLOW)
    if public and any(_may_limit(statement) for statement in policy.statements if statement.effect is Effect.DENY):
        return None  # S3's page does not say how a Deny counts.
    return public


def _is_public(statement: Statement) -> Truth:
    """Whether an Allow statement grants access to more than fixed values."""
    fixed = any_of((_names_fixed_principals(statement.principals), *map(_limits, statement.conditions)))
    return opposite(fixed)


def _names_fixed_principals(principals: Principals | None) -> Truth:
    """Whether every principal is a fixed AWS principal."""
    if principals is None or principals.negated:
        return False
    return all_of(map(_is_fixed_principal, principals.values))


def _is_fixed_principal(principal: Principal) -> Truth:
    """Whether a principal is one AWS principal. A web identity provider, such as graph.facebook.com, is public."""
    if principal.value == "*":
        return False
    if has_parameters(principal.value):
        return None
    if principal.kind == "Federated":
        return None if principal.value.startswith("arn:") else False
    return True


def _limits(condition: Condition) -> Truth:
    """Whether a condition limits access to fixed values of a key that S3 lists."""
    operator = condition.operator
    if operator.if_exists or operator.quantifier == "ForAllValues" or operator.base not in _LIMITING_OPERATORS:
        return None if operator.base == "Bool" and _is_other_restriction(condition.key) else False
    values = _key_values().get(condition.key.lower())
    if values is None:
        return None if _is_other_restriction(condition.key) else False
    return all_of(_is_fixed_value(values, value) for value in condition.values) if condition.values else False


def _is_other_restriction(key: str) -> bool:
    """Whether a key that S3's page does not list may limit the caller."""
    return caller_restriction(key) is not None


def _is_fixed_value(values: str, value: str) -> Truth:
    if has_parameters(value):
        return None
    if values == "cidr":
        return _is_narrow_range(value)
    fields = split_arn_fields(value)
    if values == "access-point" and len(fields) == ARN_FIELD_COUNT:
        return not any("${" in field for field in fields) and not any(map(has_wildcard, fields[:_NAME_FIELD]))
    return not has_wildcard(value) and "${" not in value


def _is_narrow_range(value: str) -> Truth:
    """Whether an IP range is narrow enough for S3. None for a text that is not a range."""
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        return None
    return network.prefixlen >= _MIN_PREFIX_LENGTH[network.version]


def _may_limit(statement: Statement) -> bool:
    """Whether a Deny statement may take access from all except fixed values."""
    if statement.principals is not None and statement.principals.negated:
        return True
    return any(
        "Not" in condition.operator.base
        and (condition.key.lower() in _key_values() or _is_other_restriction(condition.key))
        for condition in statement.conditions
    )


@cache
def _key_values() -> dict[str, str]:
    """How a value of a key is fixed, by the key in lower case."""
    return {row["key"].lower(): row["values"] for row in table_rows("s3_public_policy_keys")}
