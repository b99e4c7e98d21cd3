"""Identity providers that federated principals name: OpenID Connect or SAML.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from iamglue.policy.conditions import Operator
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.parsed_values import ParsedCondition, ParsedPrincipal
from iamglue.policy.patterns.wildcards import matches_action

GITHUB_PROVIDER = "token.actions.githubusercontent.com"
# Providers that AWS supports without an IAM provider resource. Their audience is a single value.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
BUILT_IN_PROVIDERS = frozenset(
    {"accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"}
)
ASSUME_ROLE_WITH_WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)
_ARN = re.compile(r"arn:[a-z0-9-]+:iam::[0-9]{12}:(saml|oidc)-provider/(.+)")


class FederationProtocol(StrEnum):
    """The protocol with which a provider authenticates its users."""

    SAML = "SAML"
    OIDC = "OpenID Connect"


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """An identity provider; for OpenID Connect, `name` is the prefix of its condition keys."""

    protocol: FederationProtocol
    name: str


@lru_cache(maxsize=1024)
def parse_identity_provider(text: str) -> IdentityProvider | None:
    """Parse a federated principal; None if it is not the name or ARN of a provider."""
    match = _ARN.fullmatch(text)
    if match:
        return IdentityProvider(FederationProtocol.SAML if match[1] == "saml" else FederationProtocol.OIDC, match[2])
    return IdentityProvider(FederationProtocol.OIDC, text) if _DOMAIN.fullmatch(text) else None


def web_identity_grants(policy: ParsedPolicy) -> Iterator[tuple[ParsedStatement, ParsedPrincipal, IdentityProvider]]:
    """Each OpenID Connect provider whose users may assume the role, with its statement and principal."""
    for statement, principal in policy.principals:
        if principal.kind != "Federated" or principal.value.unresolved or statement.effect is Effect.DENY:
            continue
        provider = parse_identity_provider(principal.value.text)
        if provider is not None and provider.protocol is FederationProtocol.OIDC and _allows_web_identity(statement):
            yield statement, principal, provider


def split_claim_key(key: str) -> tuple[str, str]:
    """Split a condition key into provider and claim, in lower case: `accounts.google.com`, `aud`."""
    provider, _, claim = key.lower().rpartition(":")
    return provider, claim


def audience_conditions(policy: ParsedPolicy) -> Iterator[tuple[ParsedCondition, Operator]]:
    """Conditions on the audience of a provider (`accounts.google.com:aud`) in statements that do not deny."""
    for statement, condition in policy.conditions:
        provider, claim = split_claim_key(condition.key.text)
        if (
            claim == "aud"
            and "." in provider
            and condition.operator is not None
            and statement.effect is not Effect.DENY
        ):
            yield condition, condition.operator


def _allows_web_identity(statement: ParsedStatement) -> bool:
    """Whether `Action` names `sts:AssumeRoleWithWebIdentity`; `NotAction` is not counted."""
    action = statement.action
    if action is None or action.negated:
        return False
    return any(matches_action(node.text, ASSUME_ROLE_WITH_WEB_IDENTITY) for node in action.values)
