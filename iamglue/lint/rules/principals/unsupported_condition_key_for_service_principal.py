"""A condition on the caller's organization or tags, in a statement whose only principals are AWS services.

A service principal such as `cloudfront.amazonaws.com` belongs to no organization and has no tags, so its requests do
not contain `aws:PrincipalOrgID`, and the statement never applies. Limit the source instead: `aws:SourceArn`,
`aws:SourceAccount`, `aws:SourceOrgID`. IAM Roles Anywhere is another case: in a trust policy,
`aws:PrincipalTag` has what it reads of the certificate.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import RESOURCE_BASED_TYPES, Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.parsed_values import ParsedPrincipals
from iamglue.policy.source.nodes import Node

RULE = Rule(
    Severity.ERROR, codes=("UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL",), types=frozenset(RESOURCE_BASED_TYPES)
)
# "Included in the request context only if the principal is a member of an organization"; for tags, if it has tags.
_TAGS = "aws:principaltag/"
_CALLER_KEYS = ("aws:principalorgid", "aws:principalorgpaths", _TAGS)
_TAGGED_BY_SERVICE = frozenset({"rolesanywhere.amazonaws.com"})


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find such conditions in statements whose principals are all services."""
    for statement, condition in policy.conditions:
        operator, principal = condition.operator, statement.principal
        if principal is None or operator is None or operator.if_exists or operator.base == "Null":
            continue
        lowercase = condition.key.text.lower()
        if not lowercase.startswith(_CALLER_KEYS) or not principal.names_only_services:
            continue
        if lowercase.startswith(_TAGS) and any(value.value.text in _TAGGED_BY_SERVICE for value in principal.values):
            continue
        yield _violation(condition.key, principal)


def _violation(key: Node, principal: ParsedPrincipals) -> RuleViolation:
    """The violation of a key that requests of AWS services do not have."""
    return RuleViolation(
        key,
        f"requests by `{principal.values[0].value.text}` never contain `{key.text}`",
        help="use `aws:SourceArn`, `aws:SourceAccount` or `aws:SourceOrgID`",
    )


_STATEMENT = (
    '{{"Effect": "Allow", "Principal": {{"Service": "cloudfront.amazonaws.com"}}, "Action": "s3:GetObject",'
    ' "Resource": "arn:aws:s3:::images/*", "Condition": {{"StringEquals": {{"{}": "{}"}}}}}}'
)
_CERTIFICATE = (
    '{"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"},'
    ' "Action": ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"], "Condition": {'
    '"StringEquals": {"aws:PrincipalTag/x509Subject/OU": "shop"},'
    ' "ArnEquals": {"aws:SourceArn": "arn:aws:rolesanywhere:eu-west-1:123456789012:trust-anchor/a"}}}'
)
GOOD = (
    RuleExample(_STATEMENT.format("aws:SourceAccount", "123456789012"), type=PolicyType.RESOURCE),
    RuleExample(
        '{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*",'
        ' "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}',
        type=PolicyType.RESOURCE,
    ),
    RuleExample(_CERTIFICATE, type=PolicyType.TRUST),
)
BAD = (
    RuleExample(_STATEMENT.format("aws:PrincipalOrgID", "o-a1b2c3d4e5"), type=PolicyType.RESOURCE),
    RuleExample(_STATEMENT.format("aws:PrincipalTag/team", "shop"), type=PolicyType.RESOURCE),
)
