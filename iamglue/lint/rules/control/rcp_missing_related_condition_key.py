"""A resource control policy also denies callers that it is not meant for, because a second condition is missing.

An RCP applies to your own users and roles, to external principals and to AWS services. A service has no account and
no organization, so a Deny on `aws:PrincipalOrgID` must exclude services: `"BoolIfExists":
{"aws:PrincipalIsAWSService": "false"}`. Conversely, only services have a source, so a Deny on `aws:SourceOrgID` must
require `"true"` there, and exclude calls that have no source: `"Null": {"aws:SourceAccount": "false"}`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement, PolicyType
from iamglue.policy.parsed_values import ParsedCondition
from iamglue.policy.source.nodes import Node

RULE = Rule(
    Severity.WARNING,
    codes=(
        "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY",
        "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY",
        "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK",
    ),
    types=frozenset({PolicyType.RCP}),
)
_PRINCIPAL, _SERVICE, _NULL = RULE.codes
_GUARD = "aws:principalisawsservice"
_PRINCIPAL_KEYS = (
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principaltag/",
    "aws:principaltype",
    "aws:userid",
    "aws:username",
)
_SOURCE_KEYS = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths")
_NULL_KEYS = ("aws:sourceaccount", "aws:sourcearn")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report each Deny on principal or source keys without the related condition."""
    for statement in policy.statements:
        if statement.effect is not Effect.DENY:
            continue
        principals, sources = (
            _find_compared_keys(statement, _PRINCIPAL_KEYS),
            _find_compared_keys(statement, _SOURCE_KEYS),
        )
        if not _has_service_guard(statement, "false"):
            yield from (_guard_violation(key, "false", "AWS services", _PRINCIPAL) for key in principals)
        if not _has_service_guard(statement, "true"):
            yield from (_guard_violation(key, "true", "your own users and roles", _SERVICE) for key in sources)
        if not _requires_source(statement):
            yield from map(_null_check_violation, sources)


def _find_compared_keys(statement: ParsedStatement, keys: tuple[str, ...]) -> list[Node]:
    """Return the keys among `keys` that the statement compares, without duplicates."""
    keys_by_name: dict[str, Node] = {}
    for condition in statement.conditions:
        lower = condition.key.text.lower()
        is_null = condition.operator is not None and condition.operator.base == "Null"
        if not is_null and any(lower.startswith(key) if key.endswith("/") else lower == key for key in keys):
            keys_by_name.setdefault(lower, condition.key)
    return list(keys_by_name.values())


def _has_service_guard(statement: ParsedStatement, expected: str) -> bool:
    """Return whether a condition on `aws:PrincipalIsAWSService` may have the expected value."""
    return any(
        _may_equal(condition, expected) for condition in statement.conditions if condition.key.text.lower() == _GUARD
    )


def _requires_source(statement: ParsedStatement) -> bool:
    """Return whether a `Null` condition may require a source account or ARN."""
    return any(
        _may_equal(condition, "false")
        for condition in statement.conditions
        if condition.operator is not None
        and condition.operator.base == "Null"
        and condition.key.text.lower() in _NULL_KEYS
    )


def _may_equal(condition: ParsedCondition, expected: str) -> bool:
    """Return whether the value is `expected` or unknown."""
    return not condition.is_resolved or any(
        value.unresolved or value.text.lower() == expected for value in condition.values
    )


def _guard_violation(key: Node, expected: str, affected: str, code: str) -> RuleViolation:
    """The violation of a Deny that lacks a condition on whether a service calls."""
    guard = f'`"BoolIfExists": {{"aws:PrincipalIsAWSService": "{expected}"}}`'
    return RuleViolation(
        key, f"this Deny on `{key.text}` also applies to {affected}", help=f"add {guard} to the conditions", code=code
    )


def _null_check_violation(key: Node) -> RuleViolation:
    """The violation of a Deny that lacks a condition on whether there is a source."""
    message = f"this Deny on `{key.text}` also applies to service calls that have no source"
    return RuleViolation(
        key, message, help='add `"Null": {"aws:SourceAccount": "false"}` to the conditions', code=_NULL
    )


_STATEMENT = '{{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {}}}'
GOOD = (
    RuleExample(
        _STATEMENT.format(
            '{"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},'
            ' "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}'
        ),
        type=PolicyType.RCP,
    ),
    RuleExample(
        _STATEMENT.format(
            '{"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"},'
            ' "Null": {"aws:SourceAccount": "false"}, "Bool": {"aws:PrincipalIsAWSService": "true"}}'
        ),
        type=PolicyType.RCP,
    ),
    RuleExample(_STATEMENT.format('{"BoolIfExists": {"aws:SecureTransport": "false"}}'), type=PolicyType.RCP),
)
BAD = (
    RuleExample(
        _STATEMENT.format('{"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}'),
        type=PolicyType.RCP,
    ),
    RuleExample(
        _STATEMENT.format('{"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}'),
        type=PolicyType.RCP,
        codes=("RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY", "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK"),
    ),
)
