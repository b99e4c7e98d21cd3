"""The Principal element of a statement as a test of requests, and by what name it means their principal.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache

from iamglue.access.request import Request
from iamglue.access.resources import Test
from iamglue.access.truth import Truth
from iamglue.iam.arns import parse_arn
from iamglue.iam.policies import EVERYONE, Principal, Principals

_ACCOUNT = re.compile(r"[0-9]{12}")
_KINDS = frozenset({"AWS", "Service", "Federated"})
_ACCOUNT_NAME, _ROLE_NAME = "account ", "role "


class Naming(Enum):
    """By what name a statement means a principal; what an Allow gives depends on it."""

    ITSELF = "its own ARN or name, or everyone"
    ROLE = "the role of a session, or the user of a federated session"
    ACCOUNT = "its account"


def principal_test(element: Principals) -> Test:
    """Whether the element names the principal of a request; not known for a request that names none."""
    names = _names(element)
    everyone = _is_everyone(element)
    strange = any(each.kind not in _KINDS and each != EVERYONE for each in element.values)

    def test(request: Request) -> Truth:
        if everyone:
            return not element.negated
        if request.principal is None:
            return None
        identities = [name in names for name in _identities(request.principal)]
        if all(identities):
            return not element.negated
        if strange or _maybe_federated(names, request.principal):
            return True if any(identities) and not element.negated else None
        if not element.negated:
            return any(identities)
        # NotPrincipal spares someone only if the account, the role and the session are all listed; what AWS does
        # without some of them is not said for every case. The account alone spares none of its users and roles.
        return None if any(identities[:-1]) else True

    return test


def naming(element: Principals, principal: str | None) -> Naming:
    """By what name the element, which is known or supposed to name the principal, does so: the strongest there is."""
    if element.negated or principal is None or _is_everyone(element):
        return Naming.ITSELF
    names = _names(element)
    for name in _identities(principal):
        if name in names:
            if name.startswith(_ACCOUNT_NAME):
                return Naming.ACCOUNT
            return Naming.ROLE if name != principal and name.startswith(_ROLE_NAME) else Naming.ITSELF
    return Naming.ROLE if _maybe_federated(names, principal) else Naming.ACCOUNT


@lru_cache(maxsize=4096)
def _names(element: Principals) -> frozenset[str]:
    return frozenset(_named(each) for each in element.values if each.kind in _KINDS)


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
