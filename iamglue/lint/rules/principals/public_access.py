"""A statement that gives access to everyone: any AWS account and, for many services, anonymous callers.

`"Principal": "*"` and `{"AWS": "*"}` mean everyone. If that is not intended, name accounts or roles, or limit the
caller to fixed values: `aws:PrincipalOrgID`, `aws:PrincipalArn`, `aws:SourceVpce`, `aws:SourceIp` and so on. A
condition is not a limit if its value is a wildcard, if it is true for requests without the key (`...IfExists`,
`ForAllValues`), or if it does not test the caller (`aws:SecureTransport`). With such a trust policy, anyone may assume
the role.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.restricting_condition_keys import CallerRestriction
from iamglue.findings import Severity
from iamglue.lint.analysis.caller_restrictions import (
    denies_everyone_else,
    has_known_condition_keys,
    restricting_conditions,
)
from iamglue.lint.rule import RESOURCE_BASED_TYPES, Rule, RuleExample, RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement, PolicyType
from iamglue.policy.parsed_values import ParsedPrincipal
from iamglue.policy.patterns.wildcards import covers_action

RULE = Rule(Severity.SECURITY_WARNING, types=RESOURCE_BASED_TYPES)

# An endpoint policy limits which requests may pass; it does not grant access.
# https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
_ENDPOINT_TYPE = "AWS::EC2::VPCEndpoint"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find principals that are everyone, if no condition limits the caller."""
    if policy.resource_type == _ENDPOINT_TYPE:
        return
    for statement in policy.statements:
        everyone = _find_everyone(statement, policy)
        if everyone is not None and not _is_restricted(statement, policy):
            yield _violation(everyone, policy)


def _find_everyone(statement: ParsedStatement, policy: ParsedPolicy) -> ParsedPrincipal | None:
    element = statement.principal
    if element is None or element.negated or statement.effect is not Effect.ALLOW:
        return None
    # A bare `*` is not valid in a trust policy and grants nothing; another rule reports it.
    kinds = ("AWS",) if policy.type is PolicyType.TRUST else ("AWS", "*")
    return next(
        (principal for principal in element.values if principal.kind in kinds and principal.value.text == "*"), None
    )


def _is_restricted(statement: ParsedStatement, policy: ParsedPolicy) -> bool:
    """True if conditions limit the caller, or a Deny excludes everyone else, or the condition keys are unknown."""
    if not has_known_condition_keys(statement):
        return True
    if any(kind is not CallerRestriction.REFERER for kind, _ in restricting_conditions(statement)):
        return True
    return any(_denies_others(candidate, statement) for candidate in policy.statements)


def _denies_others(deny: ParsedStatement, statement: ParsedStatement) -> bool:
    """True if a Deny excludes everyone but certain callers from the statement's actions, as AWS's guides recommend."""
    if not denies_everyone_else(deny) or statement.action is None or deny.action is None or deny.action.negated:
        return False
    if statement.action.negated:
        return any(node.text == "*" for node in deny.action.values)
    denied = [node.text for node in deny.action.values]
    return all(any(covers_action(pattern, node.text) for pattern in denied) for node in statement.action.values)


def _violation(principal: ParsedPrincipal, policy: ParsedPolicy) -> RuleViolation:
    if policy.type is PolicyType.TRUST:
        help_ = "name the principals, or add a condition on `aws:PrincipalOrgID` or `aws:PrincipalArn`"
        return RuleViolation(
            principal.value,
            "anyone with an AWS account may assume the role: no condition limits the caller",
            help=help_,
        )
    help_ = "name the principals, or add a condition on a key such as `aws:PrincipalOrgID` or `aws:SourceVpce`"
    return RuleViolation(
        principal.value, "the statement gives access to everyone: no condition limits the caller", help=help_
    )


_READ = '"Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"'


def _example(condition: str, principal: str = '"*"') -> str:
    condition_element = f', "Condition": {{{condition}}}' if condition else ""
    return f'{{"Effect": "Allow", "Principal": {principal}, {_READ}{condition_element}}}'


_ASSUME = '{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"'
GOOD = (
    RuleExample(_example('"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}'), PolicyType.RESOURCE),
    RuleExample(_example('"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}', '{"AWS": "*"}'), PolicyType.RESOURCE),
    RuleExample(
        '{"Version": "2012-10-17", "Statement": ['
        f"{_example('')},"
        ' {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition":'
        ' {"StringNotEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}}]}',
        PolicyType.RESOURCE,
    ),
    RuleExample(
        f'{_ASSUME}, "Condition": {{"StringEquals": {{"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}}}}', PolicyType.TRUST
    ),
)
BAD = (
    RuleExample(_example(""), PolicyType.RESOURCE, codes=("",)),
    RuleExample(_example('"Bool": {"aws:SecureTransport": "true"}', '{"AWS": "*"}'), PolicyType.RESOURCE, codes=("",)),
    RuleExample(_example('"StringLike": {"aws:PrincipalOrgID": "*"}'), PolicyType.RESOURCE, codes=("",)),
    RuleExample(f"{_ASSUME}}}", PolicyType.TRUST, codes=("",)),
)
