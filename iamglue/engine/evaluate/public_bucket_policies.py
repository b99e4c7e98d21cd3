"""Whether S3 considers a bucket policy public, by the rules of its page on Block Public Access.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html (The meaning of "public")
"""

from __future__ import annotations

import re
from functools import lru_cache

from iamglue.catalog.fixed_caller_keys import CallerValue, FixedCallerKey, find_fixed_caller_key
from iamglue.engine.evaluate.fixed_values import LIMITING_OPERATORS, is_fixed_arn, is_narrow_range
from iamglue.engine.evaluate.truth import Truth, all_of, any_of, opposite
from iamglue.policy.conditions import Condition
from iamglue.policy.model import Effect, Policy, Principal, Principals, Statement
from iamglue.policy.patterns.variables import has_parameters
from iamglue.policy.patterns.wildcards import has_wildcard

# A pattern of the sessions of a role: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
_ROLE_USER_ID = re.compile(r"[A-Z0-9]+:\*")


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
    """Whether a condition limits access to fixed values of a key that outsiders cannot choose."""
    operator, row = condition.operator, _fixed_key(condition.key)
    if row is None or operator.if_exists or operator.quantifier == "ForAllValues":
        return False
    if operator.base not in LIMITING_OPERATORS or not condition.values:
        return False
    return all_of(_is_fixed_value(row.value, value, operator.base) for value in condition.values)


def _fixed_key(key: str) -> FixedCallerKey | None:
    """The row of a key that limits who calls S3."""
    row = find_fixed_caller_key(key)
    is_of_s3 = row is not None and (not row.services or "s3" in row.services) and "s3" not in row.excluded_services
    return row if is_of_s3 else None


def _is_fixed_value(kind: CallerValue, value: str, operator: str) -> Truth:
    """Whether a value of a key is fixed: it does not contain a wildcard, or what S3 says of ARNs and ranges."""
    if not value or has_parameters(value) or _is_left_open(kind, value):
        return None
    if kind is CallerValue.RANGE:
        return is_narrow_range(value)
    if kind is CallerValue.TRUE:
        return value.lower() == "true"
    if kind in (CallerValue.ARN, CallerValue.ACCESS_POINT):
        return is_fixed_arn(value, operator)
    return "${" not in value and not has_wildcard(value)


def _is_left_open(kind: CallerValue, value: str) -> bool:
    """Whether S3's page does not say if a value is fixed.

    It counts a fixed aws:userid only "outside the pattern AROLEID:*". It does not mention paths of an organization,
    which end with a wildcard.
    """
    if kind is CallerValue.USER_ID:
        return _ROLE_USER_ID.fullmatch(value) is not None
    return kind in (CallerValue.ORGANIZATION_PATH, CallerValue.NETWORK_PATH) and has_wildcard(value)


def _may_limit(statement: Statement) -> bool:
    """Whether a Deny statement may take access from all except fixed values."""
    if statement.principals is not None and statement.principals.negated:
        return True
    return any(
        "Not" in condition.operator.base and _fixed_key(condition.key) is not None for condition in statement.conditions
    )
