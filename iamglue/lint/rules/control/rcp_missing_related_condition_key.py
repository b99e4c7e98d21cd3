"""A resource control policy that hits callers it was not meant for, for want of a second condition.

An RCP concerns your own users and roles, strangers, and AWS's services alike. Services have no account and no
organization, so a Deny by `aws:PrincipalOrgID` must leave them out: `"BoolIfExists": {"aws:PrincipalIsAWSService":
"false"}`. Conversely only services have a source, so a Deny by `aws:SourceOrgID` must say `"true"` there, and leave out
the calls that have no source: `"Null": {"aws:SourceAccount": "false"}`.

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
    """Every Deny on callers or sources without its other half."""
    for statement in policy.statements:
        if statement.effect is not Effect.DENY:
            continue
        principals, sources = _used(statement, _PRINCIPAL_KEYS), _used(statement, _SOURCE_KEYS)
        if not _guarded(statement, "false"):
            yield from (_unguarded(key, "false", "AWS's services", _PRINCIPAL) for key in principals)
        if not _guarded(statement, "true"):
            yield from (_unguarded(key, "true", "your own users and roles", _SERVICE) for key in sources)
        if not _asks_for_source(statement):
            yield from map(_without_null, sources)


def _used(statement: ParsedStatement, keys: tuple[str, ...]) -> list[Node]:
    """The keys of a kind that the statement compares, each once."""
    found: dict[str, Node] = {}
    for condition in statement.conditions:
        lower = condition.key.text.lower()
        is_null = condition.operator is not None and condition.operator.base == "Null"
        if not is_null and any(lower.startswith(key) if key.endswith("/") else lower == key for key in keys):
            found.setdefault(lower, condition.key)
    return list(found.values())


def _guarded(statement: ParsedStatement, wanted: str) -> bool:
    return any(_may_say(each, wanted) for each in statement.conditions if each.key.text.lower() == _GUARD)


def _asks_for_source(statement: ParsedStatement) -> bool:
    return any(
        _may_say(each, "false")
        for each in statement.conditions
        if each.operator is not None and each.operator.base == "Null" and each.key.text.lower() in _NULL_KEYS
    )


def _may_say(condition: ParsedCondition, wanted: str) -> bool:
    """Whether the value is `wanted`, or is not known."""
    return not condition.is_resolved or any(
        value.unresolved or value.text.lower() == wanted for value in condition.values
    )


def _unguarded(key: Node, wanted: str, whom: str, code: str) -> RuleViolation:
    guard = f'`"BoolIfExists": {{"aws:PrincipalIsAWSService": "{wanted}"}}`'
    return RuleViolation(
        key, f"a Deny by `{key.text}` hits {whom} too", help=f"add {guard} to the conditions", code=code
    )


def _without_null(key: Node) -> RuleViolation:
    message = f"a Deny by `{key.text}` hits calls of services that have no source"
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
