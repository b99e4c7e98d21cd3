"""A Federated principal outside a trust policy, or one that is not a valid identity provider.

Users of an identity provider assume a role first; the policy of a bucket or queue then names the role. In a trust
policy, the provider is a domain name (`accounts.google.com`) or the ARN of a SAML or OpenID Connect provider in an
account.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.identity_providers import parse_identity_provider
from iamglue.lint.rule import RESOURCE_BASED_TYPES, Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement, PolicyType
from iamglue.policy.parsed_values import ParsedPrincipal
from iamglue.policy.source.edits import replace_scalar

RULE = Rule(
    Severity.ERROR,
    codes=("FEDERATED_PRINCIPAL_NOT_SUPPORTED", "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY"),
    types=RESOURCE_BASED_TYPES,
)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find Federated principals that are not allowed in the policy, or that are malformed."""
    is_trust_policy = policy.type is PolicyType.TRUST
    for statement, principal in policy.principals:
        if principal.kind != "Federated":
            continue
        if not (is_trust_policy or _assumes_roles(statement)):
            yield _misplaced_violation(principal)
        elif _is_malformed(principal):
            yield _malformed_violation(principal)


def _assumes_roles(statement: ParsedStatement) -> bool:
    """True if the statement allows an STS action, so that it belongs to a trust policy whatever the policy type."""
    action = statement.action
    return action is not None and any(node.text.lower().startswith("sts:") for node in action.values)


def _is_malformed(principal: ParsedPrincipal) -> bool:
    """True if the value is literal and not the name or ARN of a provider."""
    # Other rules report wildcards and variables, which are not allowed here.
    text = principal.value.text
    return (
        not principal.value.unresolved and not re.search(r"[*?]|\$\{", text) and parse_identity_provider(text) is None
    )


def _misplaced_violation(principal: ParsedPrincipal) -> RuleViolation:
    """The violation of a provider in a policy that is not a trust policy."""
    return RuleViolation(
        principal.value,
        "a `Federated` principal is only valid in the trust policy of a role",
        help="name the role that the provider's users assume",
        code="FEDERATED_PRINCIPAL_NOT_SUPPORTED",
    )


def _malformed_violation(principal: ParsedPrincipal) -> RuleViolation:
    """Fix a provider that is written as a URL."""
    text = principal.value.text
    provider = re.sub(r"^https?://|/+$", "", text)
    fix = (
        build_fix(f"write `{provider}`", replace_scalar(principal.value, provider))
        if provider != text and parse_identity_provider(provider)
        else None
    )
    return RuleViolation(
        principal.value,
        f"`{text}` is not a valid identity provider",
        help="write a domain name or `arn:aws:iam::ACCOUNT:saml-provider/NAME` (`oidc-provider/DOMAIN`)",
        code="INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY",
        fix=fix,
    )


_WEB = '"Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"accounts.google.com:aud": "id"}}'
GOOD = (
    RuleExample(
        f'{{"Effect": "Allow", "Principal": {{"Federated": "accounts.google.com"}}, {_WEB}}}', PolicyType.TRUST
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/corp"},'
        ' "Action": "sts:AssumeRoleWithSAML"}',
        PolicyType.TRUST,
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/corp"},'
        ' "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}',
        PolicyType.RESOURCE,
    ),
    RuleExample(
        f'{{"Effect": "Allow", "Principal": {{"Federated": "https://accounts.google.com"}}, {_WEB}}}',
        PolicyType.TRUST,
        codes=("INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY",),
        fixed=f'{{"Effect": "Allow", "Principal": {{"Federated": "accounts.google.com"}}, {_WEB}}}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::1111:saml-provider/corp"},'
        ' "Action": "sts:AssumeRoleWithSAML"}',
        PolicyType.TRUST,
        codes=("INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY",),
    ),
)
