"""Users of an identity provider may assume a role, and no condition limits which users.

Providers such as GitHub, GitLab and Google issue tokens to everyone. Limit the caller by the claims of the token: for
GitHub, `token.actions.githubusercontent.com:sub` with the repository and the branch; for other providers, the audience
and the subject.

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

# For these providers the audience alone is not enough, because all tokens have the same one: service accounts of a
# cluster, and providers that issue tokens to all their customers.
# https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
_SHARED_AUDIENCE_PROVIDERS = ("oidc.eks.", "gitlab.com", "app.terraform.io", "api.bitbucket.org", "oidc.circleci.com")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find OpenID Connect providers in statements without a condition on the claims of the token."""
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
    """The violation of a trust in GitHub that any repository can use."""
    return RuleViolation(
        principal.value,
        "workflows of any GitHub repository may assume the role: the condition on the subject is missing",
        help=f'add `"{provider.name}:sub": "repo:ORGANIZATION/REPOSITORY:ref:refs/heads/BRANCH"` under `StringEquals`',
        code="MISSING_GITHUB_REPO_CONDITION_KEY",
    )


def _no_condition_violation(principal: ParsedPrincipal, provider: IdentityProvider) -> RuleViolation:
    """The violation of a trust in a provider all of whose users can assume the role."""
    return RuleViolation(
        principal.value,
        f"anyone with a token of `{provider.name}` may assume the role: no condition limits its claims",
        help=f"add a condition on `{provider.name}:aud`, and on `{provider.name}:sub` if the provider has it",
        code="MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL",
    )


def _audience_only_violation(principal: ParsedPrincipal, provider: IdentityProvider) -> RuleViolation:
    message = f"every subject of `{provider.name}` may assume the role: all of them have the same audience"
    return RuleViolation(principal.value, message, help=f"add a condition on `{provider.name}:sub`", code="")


def _example(provider: str, condition: str) -> str:
    """An example: a trust statement for a provider; `condition` begins with a comma."""
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
