"""Federated principals: the OpenID Connect or SAML provider that one names.

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
from iamglue.policy.parsed_policy import WrittenPolicy, WrittenStatement
from iamglue.policy.parsed_values import WrittenCondition, WrittenPrincipal
from iamglue.policy.patterns.wildcards import matches_action

GITHUB = "token.actions.githubusercontent.com"
# Providers whose tokens AWS knows: their audience is a single value.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
BUILT_IN = frozenset({"accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"})
WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)
_ARN = re.compile(r"arn:[a-z0-9-]+:iam::[0-9]{12}:(saml|oidc)-provider/(.+)")


class Protocol(StrEnum):
    """How a provider tells who its users are."""

    SAML = "SAML"
    OIDC = "OpenID Connect"


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider; for OpenID Connect `name` is what its condition keys begin with."""

    protocol: Protocol
    name: str


@lru_cache(maxsize=1024)
def provider(text: str) -> Provider | None:
    """The provider that a federated principal names; None when it has the form of none."""
    found = _ARN.fullmatch(text)
    if found:
        return Provider(Protocol.SAML if found[1] == "saml" else Protocol.OIDC, found[2])
    return Provider(Protocol.OIDC, text) if _DOMAIN.fullmatch(text) else None


def web_identities(policy: WrittenPolicy) -> Iterator[tuple[WrittenStatement, WrittenPrincipal, Provider]]:
    """Who may assume the role with a web identity: each OpenID Connect provider, with its statement."""
    for statement, principal in policy.principals:
        if principal.kind != "Federated" or principal.value.holes or statement.effect is Effect.DENY:
            continue
        found = provider(principal.value.text)
        if found is not None and found.protocol is Protocol.OIDC and _takes_web_identities(statement):
            yield statement, principal, found


def claim(key: str) -> tuple[str, str]:
    """A condition key as its provider and claim, in lower case: `accounts.google.com`, `aud`."""
    name, _, found = key.lower().rpartition(":")
    return name, found


def audiences(policy: WrittenPolicy) -> Iterator[tuple[WrittenCondition, Operator]]:
    """Every condition on the audience of a provider, `accounts.google.com:aud`, that may let someone in."""
    for statement, condition in policy.conditions:
        name, found = claim(condition.key.text)
        if found == "aud" and "." in name and condition.operator is not None and statement.effect is not Effect.DENY:
            yield condition, condition.operator


def _takes_web_identities(statement: WrittenStatement) -> bool:
    action = statement.action
    if action is None or action.negated:
        return False
    return any(matches_action(node.text, WEB_IDENTITY) for node in action.values)
