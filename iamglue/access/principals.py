"""The Principal element of a statement as a test of requests.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

import re
from functools import lru_cache

from iamglue.access.request import Request
from iamglue.access.resources import Test
from iamglue.access.truth import Truth
from iamglue.iam.arns import parse_arn
from iamglue.iam.policies import EVERYONE, Principal, Principals

_ACCOUNT = re.compile(r"[0-9]{12}")
_KINDS = frozenset({"AWS", "Service", "Federated"})


def principal_test(element: Principals) -> Test:
    """Whether the element names the principal of a request; not known for a request that names none."""
    names = frozenset(_named(each) for each in element.values if each.kind in _KINDS)
    everyone = EVERYONE in element.values or Principal("AWS", "*") in element.values
    strange = any(each.kind not in _KINDS and each != EVERYONE for each in element.values)

    def test(request: Request) -> Truth:
        if everyone:
            return not element.negated
        if request.principal is None or strange:
            return None
        identities = [name in names for name in _identities(request.principal)]
        if not element.negated:
            return any(identities)
        # NotPrincipal spares someone only if the account, the role and the session are all listed; what AWS does
        # with some of them listed is not said for every case.
        return None if any(identities) and not all(identities) else not all(identities)

    return test


def _named(principal: Principal) -> str:
    """An account id is short for the ARN of the account's root."""
    account = principal.kind == "AWS" and _ACCOUNT.fullmatch(principal.value)
    return f"account {principal.value}" if account else _identities(principal.value)[0]


@lru_cache(maxsize=4096)
def _identities(principal: str) -> tuple[str, ...]:
    """The names under which a policy may mean `principal`: itself, its role, its account."""
    arn = parse_arn(principal)
    if arn is None:
        return (principal,)
    account = f"account {arn.account}"
    if arn.service == "iam" and arn.resource == "root":
        return (account,)
    kind, _, rest = arn.resource.partition("/")
    if arn.service == "iam" and kind == "role":
        return (_role(arn.account, rest), account)
    if arn.service == "sts" and kind == "assumed-role":
        return (principal, _role(arn.account, rest.partition("/")[0]), account)
    if arn.service == "iam" and kind in ("saml-provider", "oidc-provider"):
        return (principal,)
    return (principal, account)


def _role(account: str, name: str) -> str:
    # The ARN of a session leaves out the path of its role; a role's name is unique in its account without it.
    return f"role {account} {name.rpartition('/')[2]}"
