"""The Principal element of a statement as a test of requests, and by what name it means their principal.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache

from iamglue.engine.evaluate.callers import CallerKind, parse_caller
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.resources import RequestTest
from iamglue.engine.evaluate.truth import Truth
from iamglue.errors import IamglueError
from iamglue.policy.arns import parse_arn
from iamglue.policy.model import EVERYONE, Principal, Principals
from iamglue.policy.patterns.variables import has_parameters

_ACCOUNT = re.compile(r"[0-9]{12}")
_CANONICAL = "CanonicalUser"
_KINDS = frozenset({"*", "AWS", "Service", "Federated", _CANONICAL})
_WILDCARD_KINDS = {"Service": CallerKind.SERVICE, "Federated": CallerKind.IDENTITY_PROVIDER}
_ACCOUNT_NAME, _ROLE_NAME = "account ", "role "


class PrincipalMatch(Enum):
    """By what name a statement means a principal; what an Allow gives depends on it."""

    DIRECT = "its own ARN or name, or everyone"
    ROLE = "the role of a session, or the user of a federated session"
    ACCOUNT = "its account"


@lru_cache(maxsize=4096)
def principal_test(element: Principals) -> RequestTest:
    """Whether the element names the principal of a request; not known for a request that names none."""
    names = _names(element)
    everyone = _is_everyone(element)

    def test(request: Request) -> Truth:
        if request.principal is None and not everyone:
            return None
        if request.principal is None or everyone or _is_of_wildcard_kind(element, request.principal):
            return not element.negated
        named = [name in names for name in _identities(request.principal)]
        if all(named):
            return not element.negated
        if _may_be_named(element, names, request.principal):
            return True if any(named) and not element.negated else None
        if not element.negated:
            return any(named)
        # NotPrincipal spares someone only if the account, the role and the session are all listed; what AWS does
        # without some of them is not said for every case. The account alone spares none of its users and roles.
        return None if any(named[:-1]) else True

    return test


def principal_match(element: Principals, principal: str | None) -> PrincipalMatch:
    """By what name the element, which is known or supposed to name the principal, does so: the strongest there is."""
    if element.negated or principal is None or _is_everyone(element):
        return PrincipalMatch.DIRECT
    names = _names(element)
    for name in _identities(principal):
        if name in names:
            if name.startswith(_ACCOUNT_NAME):
                return PrincipalMatch.ACCOUNT
            return PrincipalMatch.ROLE if name != principal and name.startswith(_ROLE_NAME) else PrincipalMatch.DIRECT
    return PrincipalMatch.ROLE if _maybe_federated(names, principal) else PrincipalMatch.ACCOUNT


@lru_cache(maxsize=4096)
def _names(element: Principals) -> frozenset[str]:
    # `*` is no name: it is also what an anonymous request is named by.
    return frozenset(_named(each) for each in element.values if each.value != EVERYONE.value)


def _is_of_wildcard_kind(element: Principals, principal: str) -> bool:
    """Whether the element names all principals of a kind by `*`, and the principal is of that kind."""
    kinds = {value.kind for value in element.values if value.value == EVERYONE.value}
    return any(kind in kinds and _kind(principal) is meant for kind, meant in _WILDCARD_KINDS.items())


def _may_be_named(element: Principals, names: frozenset[str], principal: str) -> bool:
    """Whether the element may name the principal by a name that does not tell whom it stands for.

    A parameter of the deployment is such a name.
    `CanonicalUser` is the id of an account whose number it does not tell. What AWS makes of `*` for a kind other than
    AWS, and of kinds that it does not document, is not said.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-bucket-user-policy-specifying-principal-intro.html
    """
    if any(value.kind not in _KINDS or value.value == EVERYONE.value for value in element.values):
        return True
    if any(value.value != principal and has_parameters(value.value) for value in element.values):
        return True
    in_account = any(name.startswith(_ACCOUNT_NAME) for name in _identities(principal))
    if in_account and any(value.kind == _CANONICAL for value in element.values):
        return True
    is_canonical = _kind(principal) is None
    if is_canonical and any(value.kind == "AWS" and value.value != principal for value in element.values):
        return True
    return _maybe_federated(names, principal)


@lru_cache(maxsize=4096)
def _kind(principal: str) -> CallerKind | None:
    """What makes the request; None for a name that is none of a request's principal, such as a canonical user id."""
    try:
        return parse_caller(principal).kind
    except IamglueError:
        return None


def _is_everyone(element: Principals) -> bool:
    return EVERYONE in element.values or Principal("AWS", "*") in element.values


def _named(principal: Principal) -> str:
    """An account id is short for the ARN of the account's root."""
    account = principal.kind == "AWS" and _ACCOUNT.fullmatch(principal.value)
    return f"{_ACCOUNT_NAME}{principal.value}" if account else _identities(principal.value)[0]


@lru_cache(maxsize=4096)
def _identities(principal: str) -> tuple[str, ...]:
    """The names under which a policy may mean `principal`: itself, its role, its account."""
    arn = parse_arn(principal)
    if arn is None:
        return (f"{_ACCOUNT_NAME}{principal}",) if _ACCOUNT.fullmatch(principal) else (principal,)
    account = f"{_ACCOUNT_NAME}{arn.account}"
    kind, _, rest = arn.resource.partition("/")
    match arn.service, kind:
        case "iam", "root":
            return (account,)
        case "iam", "role":
            return (_role(arn.account, rest), account)
        case "sts", "assumed-role":
            return (principal, _role(arn.account, rest.partition("/")[0]), account)
        case "iam", "saml-provider" | "oidc-provider":
            return (principal,)
        case _:
            return (principal, account)


def _role(account: str, name: str) -> str:
    # The ARN of a session leaves out the path of its role; a role's name is unique in its account without it.
    return f"{_ROLE_NAME}{account} {name.rpartition('/')[2]}"


def _maybe_federated(names: frozenset[str], principal: str) -> bool:
    """Whether the principal is a federated user session that a user named here may have made.

    GetFederationToken lets the user choose the session's name, so the session's ARN does not tell whose it is.
    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
    """
    arn = parse_arn(principal)
    if arn is None or arn.service != "sts" or not arn.resource.startswith("federated-user/"):
        return False
    return any(name.startswith(f"arn:{arn.partition}:iam::{arn.account}:user/") for name in names)
