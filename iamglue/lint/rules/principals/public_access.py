"""A statement that gives access to everyone: any AWS account and, for many services, anonymous callers.

`"Principal": "*"` and `{"AWS": "*"}` mean everyone; in the policy of a resource, so does a public identity provider
(`{"Federated": "graph.facebook.com"}`). If that is not intended, name accounts or roles, or limit the caller to fixed
values: `aws:PrincipalOrgID`, `aws:PrincipalArn`, `aws:SourceVpce`, `aws:SourceIp` and so on. A condition is not a limit
if its value is a wildcard, if it is true for requests without the key (`...IfExists`, `ForAllValues`), or if the caller
can choose the value (`aws:SecureTransport`, `aws:Referer`). Deny statements count as far as they deny everyone else.
With such a trust policy, anyone may assume the role.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.external_grants import external_grants
from iamglue.lint.rule import RESOURCE_BASED_TYPES, Rule, RuleExample, RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement, PolicyType
from iamglue.policy.parsed_values import ParsedPrincipal
from iamglue.policy.trust_zone import parse_trust_zone
from iamglue.risk.external_access import ExternalAccessKind

RULE = Rule(Severity.SECURITY_WARNING, types=RESOURCE_BASED_TYPES)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find principals that are everyone, if nothing limits the caller."""
    candidates = {
        statement.index: principal
        for statement in policy.statements
        if (principal := _find_everyone(statement, policy.type)) is not None
    }
    if not candidates:
        return
    for located in external_grants(policy, parse_trust_zone(policy.parameter_values.trust)):
        everyone = candidates.get(located.statement.index)
        if located.grant.kind is ExternalAccessKind.PUBLIC and everyone is not None:
            yield _violation(everyone, policy)


def _find_everyone(statement: ParsedStatement, policy_type: PolicyType) -> ParsedPrincipal | None:
    """The principal of an Allow statement that may be everyone."""
    element = statement.principal
    if element is None or element.negated or statement.effect is not Effect.ALLOW:
        return None
    return next((principal for principal in element.values if _is_everyone(principal, policy_type)), None)


def _is_everyone(principal: ParsedPrincipal, policy_type: PolicyType) -> bool:
    """Whether a principal is everyone, or every user of a public identity provider."""
    if principal.kind == "Federated":
        # Other rules are about the providers of trust policies.
        return policy_type is PolicyType.RESOURCE and not principal.value.text.startswith("arn:")
    # A bare `*` is not valid in a trust policy and grants nothing; another rule reports it.
    kinds = ("AWS",) if policy_type is PolicyType.TRUST else ("AWS", "*")
    return principal.kind in kinds and principal.value.text == "*"


def _violation(principal: ParsedPrincipal, policy: ParsedPolicy) -> RuleViolation:
    """The violation of a statement for everyone; in a trust policy the caller needs an AWS account."""
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
