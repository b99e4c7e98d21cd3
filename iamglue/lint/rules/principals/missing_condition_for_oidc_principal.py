"""A role that users of an identity provider may assume, and no condition says which of them.

A provider such as GitHub, GitLab or Google signs tokens for everybody. Hold the caller to what its token says: for
GitHub `token.actions.githubusercontent.com:sub` with repository and branch, elsewhere the audience and the subject.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.caller_restrictions import has_known_condition_keys
from iamglue.lint.analysis.identity_providers import (
    GITHUB_PROVIDER,
    IdentityProvider,
    split_claim_key,
    web_identity_grants,
)
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.parsed_values import ParsedPrincipal

RULE = Rule(
    Severity.SECURITY_WARNING,
    codes=("MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", "MISSING_GITHUB_REPO_CONDITION_KEY"),
    types=frozenset({PolicyType.TRUST}),
)

# The audience alone tells nothing where everyone's token has the same one: a cluster's service accounts, and providers
# that sign tokens for all their customers.
# https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
_SHARED_AUDIENCE_PROVIDERS = ("oidc.eks.", "gitlab.com", "app.terraform.io", "api.bitbucket.org", "oidc.circleci.com")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every OpenID Connect provider of a statement without a condition on what its tokens say."""
    for statement, principal, provider in web_identity_grants(policy):
        if not has_known_condition_keys(statement):
            continue
        name = provider.name.lower()
        claims = {
            claim
            for provider_name, claim in (split_claim_key(condition.key.text) for condition in statement.conditions)
            if provider_name == name
        }
        if name.split("/")[0] == GITHUB_PROVIDER:
            if "sub" not in claims:
                yield _github_violation(principal, provider)
        elif not claims:
            yield _no_condition_violation(principal, provider)
        elif claims == {"aud"} and name.startswith(_SHARED_AUDIENCE_PROVIDERS):
            yield _audience_only_violation(principal, provider)


def _github_violation(principal: ParsedPrincipal, provider: IdentityProvider) -> RuleViolation:
    return RuleViolation(
        principal.value,
        "without a condition on the subject, workflows of any repository on GitHub may assume the role",
        help=f'add `"{provider.name}:sub": "repo:ORGANIZATION/REPOSITORY:ref:refs/heads/BRANCH"` under `StringEquals`',
        code="MISSING_GITHUB_REPO_CONDITION_KEY",
    )


def _no_condition_violation(principal: ParsedPrincipal, provider: IdentityProvider) -> RuleViolation:
    return RuleViolation(
        principal.value,
        f"whoever has a token of `{provider.name}` may assume the role",
        help=f"add a condition on `{provider.name}:aud`, and on `{provider.name}:sub` where there is one",
        code="MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL",
    )


def _audience_only_violation(principal: ParsedPrincipal, provider: IdentityProvider) -> RuleViolation:
    message = f"the audience is the same for every subject of `{provider.name}`: all of them may assume the role"
    return RuleViolation(principal.value, message, help=f"add a condition on `{provider.name}:sub`", code="")


def _example(provider: str, condition: str) -> str:
    return (
        f'{{"Effect": "Allow", "Principal": {{"Federated": "{provider}"}},'
        f' "Action": "sts:AssumeRoleWithWebIdentity"{condition}}}'
    )


_HUB = f"arn:aws:iam::111122223333:oidc-provider/{GITHUB_PROVIDER}"
_EKS = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
_ONLY_AUDIENCE = ', "Condition": {"StringEquals": {"%s:aud": "sts.amazonaws.com"}}'
GOOD = (
    RuleExample(
        _example(
            _HUB, f', "Condition": {{"StringEquals": {{"{GITHUB_PROVIDER}:sub": "repo:o/r:ref:refs/heads/main"}}}}'
        ),
        PolicyType.TRUST,
    ),
    RuleExample(
        _example("accounts.google.com", ', "Condition": {"StringEquals": {"accounts.google.com:aud": "a"}}'),
        PolicyType.TRUST,
    ),
    RuleExample(
        _example(
            f"arn:aws:iam::111122223333:oidc-provider/{_EKS}",
            f', "Condition": {{"StringEquals": {{"{_EKS}:sub": "system:serviceaccount:default:app"}}}}',
        ),
        PolicyType.TRUST,
    ),
)
BAD = (
    RuleExample(_example("cognito-identity.amazonaws.com", ""), PolicyType.TRUST),
    RuleExample(
        _example(_HUB, _ONLY_AUDIENCE % GITHUB_PROVIDER),
        PolicyType.TRUST,
        codes=("MISSING_GITHUB_REPO_CONDITION_KEY",),
    ),
    RuleExample(
        _example(f"arn:aws:iam::111122223333:oidc-provider/{_EKS}", _ONLY_AUDIENCE % _EKS),
        PolicyType.TRUST,
        codes=("",),
    ),
)
