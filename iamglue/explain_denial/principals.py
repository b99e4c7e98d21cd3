"""The principal of a denied request: in words, and in the Principal element of a statement."""

from __future__ import annotations

import re

from iamglue.engine.evaluate.callers import CallerKind, RequestCaller, parse_caller
from iamglue.errors import IamglueError
from iamglue.model.denial import AccessDenial
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.model import EVERYONE, Principal

_ACCOUNT = re.compile(r"[0-9]{12}")
PLACEHOLDER = "PRINCIPAL"
# The provider whose token the caller shows, instead of credentials:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
_PROVIDERS = {
    "sts:AssumeRoleWithWebIdentity": (
        "oidc-provider/PROVIDER",
        (("PROVIDER:aud", "AUDIENCE"), ("PROVIDER:sub", "SUBJECT")),
    ),
    "sts:AssumeRoleWithSAML": ("saml-provider/PROVIDER", (("SAML:aud", "https://signin.aws.amazon.com/saml"),)),
}


def find_caller(principal: str | None) -> RequestCaller | None:
    """Parse a principal; None if it is missing or not valid."""
    try:
        return parse_caller(principal) if principal else None
    except IamglueError:
        return None


def is_service(principal: str | None) -> bool:
    """Whether the principal is an AWS service."""
    caller = find_caller(principal)
    return caller is not None and caller.kind is CallerKind.SERVICE


def account_of(principal: str | None) -> str | None:
    """The account of a principal; None if the message does not name it."""
    caller = find_caller(principal)
    account = caller.arn.account if caller and caller.arn else ""
    return account if _ACCOUNT.fullmatch(account) else None


def role_name(caller: RequestCaller) -> tuple[str, str] | None:
    """The account and the name of the role of a caller; None for a caller that is not a role."""
    if caller.arn is None or caller.kind not in (CallerKind.SESSION, CallerKind.ROLE):
        return None
    parts = caller.arn.resource.split("/")
    return caller.arn.account, parts[1] if caller.kind is CallerKind.SESSION else parts[-1]


def principal_name(denial: AccessDenial) -> str:
    """The principal in words: role or user with its account, otherwise its ARN."""
    caller = find_caller(denial.principal)
    if caller is None or caller.arn is None:
        return denial.principal or denial.caller or "the principal"
    name = caller.arn.resource.split("/")
    words = {CallerKind.SESSION: ("role", 1), CallerKind.ROLE: ("role", -1), CallerKind.USER: ("user", -1)}
    noun, at = words.get(caller.kind, ("", 0))
    return f"the {noun} {name[at]} of account {caller.arn.account}" if noun else denial.principal or ""


def statement_principal(denial: AccessDenial) -> tuple[Principal, tuple[Condition, ...]]:
    """The principal for a resource-based policy, and the conditions that limit it; placeholders for what is unknown."""
    caller = find_caller(denial.principal)
    if caller is None:
        return _unnamed_principal(denial.action or "")
    if caller.kind is CallerKind.SERVICE:
        # KMS keys of a target are used by the service itself, so the source of the request is not certain to be sent.
        limited = denial.source_arn and not (denial.action or "").startswith("kms:")
        conditions = (build_condition("ArnEquals", "aws:SourceArn", denial.source_arn or ""),) if limited else ()
        return Principal("Service", denial.principal or ""), conditions
    return Principal("AWS", durable_arn(caller)), ()


def endpoint_principal(denial: AccessDenial) -> tuple[Principal, tuple[Condition, ...]]:
    """The principal for the policy of a VPC endpoint.

    Gateway endpoints read a principal's ARN as its account, so a condition key names the principal:
    https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    """
    caller = find_caller(denial.principal)
    named = caller is not None and caller.arn is not None
    return EVERYONE, (
        build_condition("ArnEquals", "aws:PrincipalArn", durable_arn(caller)),
    ) if named and caller else ()


def durable_arn(caller: RequestCaller) -> str:
    """The ARN of the caller; for a session that of its role, which outlives it."""
    if caller.kind is CallerKind.SESSION and caller.arn:
        return caller.known_keys["aws:PrincipalArn"][0]
    return caller.principal or PLACEHOLDER


def _unnamed_principal(action: str) -> tuple[Principal, tuple[Condition, ...]]:
    """A placeholder for the principal: a provider, with the conditions it needs, if the action takes its tokens."""
    if action not in _PROVIDERS:
        return Principal("AWS", PLACEHOLDER), ()
    provider, limits = _PROVIDERS[action]
    conditions = tuple(build_condition("StringEquals", key, value) for key, value in limits)
    return Principal("Federated", f"arn:aws:iam::ACCOUNT:{provider}"), conditions
