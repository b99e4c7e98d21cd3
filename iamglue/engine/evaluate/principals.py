"""The Principal element as a test of requests, and how it matches their principal.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from functools import lru_cache

from iamglue.engine.evaluate.callers import CallerKind, parse_caller
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.resources import RequestTest
from iamglue.engine.evaluate.truth import Truth
from iamglue.errors import IamglueError
from iamglue.policy.arns import Arn, parse_arn
from iamglue.policy.model import EVERYONE, Principal, Principals
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER, has_parameters

# A template names its own account by a pseudo parameter.
_ACCOUNT = re.compile(rf"[0-9]{{12}}|{re.escape(ACCOUNT_PARAMETER)}")
_CANONICAL = "CanonicalUser"
_KINDS = frozenset({"*", "AWS", "Service", "Federated", _CANONICAL})
_WILDCARD_KINDS = {"Service": CallerKind.SERVICE, "Federated": CallerKind.IDENTITY_PROVIDER}
_EVERYONE = (EVERYONE, Principal("AWS", "*"))
_ACCOUNT_PREFIX, _ROLE_PREFIX = "account ", "role "
_FIRST_PARTITION = "aws"


class PrincipalMatch(Enum):
    """How a statement matches a principal. The effect of an Allow depends on it."""

    DIRECT = "its own ARN or name, or everyone"
    ROLE = "the role of a session, or the user of a federated session"
    ACCOUNT = "its account"


@lru_cache(maxsize=4096)
def principal_test(element: Principals) -> RequestTest:
    """The test whether the element names the principal of a request; undecided if the request has none."""
    names = _element_names(element)
    names_everyone = _names_everyone(element)
    # What does not depend on the request is computed once: a resource policy of full size has 300 statements, each
    # tested with every principal of all (0.5 s instead of 2.3 s).
    everyone_kinds = _everyone_kinds(element)
    may_be_named = _possible_name_test(element, names)

    def test(request: Request) -> Truth:
        if request.principal is None and not names_everyone:
            return None
        if request.principal is None or names_everyone or _is_of_kind(request.principal, everyone_kinds):
            return not element.negated
        matches = [name in names for name in _possible_names(request.principal)]
        if all(matches):
            return not element.negated
        if may_be_named(request.principal):
            return True if any(matches) and not element.negated else None
        if not element.negated:
            return any(matches)
        # NotPrincipal exempts a principal only if it lists the account, the role and the session. The role and the
        # account exempt no session that is not listed; the account exempts none of its users and roles. If it lists
        # the principal but not its role or account, AWS's page says only that it "might" be denied:
        # https://aws.amazon.com/blogs/security/how-to-restrict-amazon-s3-bucket-access-to-a-specific-iam-role/
        # https://repost.aws/knowledge-center/explicit-deny-principle-elements-s3
        return None if matches[0] else True

    return test


def principal_match(element: Principals, principal: str | None) -> PrincipalMatch:
    """How the element matches a principal that it names, or may name: the strongest match."""
    if element.negated or principal is None or _names_everyone(element):
        return PrincipalMatch.DIRECT
    names = _element_names(element)
    for name in _possible_names(principal):
        if name in names:
            if name.startswith(_ACCOUNT_PREFIX):
                return PrincipalMatch.ACCOUNT
            return PrincipalMatch.ROLE if name != principal and name.startswith(_ROLE_PREFIX) else PrincipalMatch.DIRECT
    return PrincipalMatch.ROLE if _may_be_federated_session(names, principal) else PrincipalMatch.ACCOUNT


@lru_cache(maxsize=4096)
def named_principals(element: Principals) -> frozenset[Principal]:
    """The principals of the element as a set, to look up one of thousands."""
    return frozenset(element.values)


@lru_cache(maxsize=4096)
def _element_names(element: Principals) -> frozenset[str]:
    """The normalized names of the element's principals, without `*`."""
    # `*` is left out because it is also the name of an anonymous principal.
    return frozenset(_principal_name(principal) for principal in element.values if principal.value != EVERYONE.value)


def _everyone_kinds(element: Principals) -> frozenset[CallerKind]:
    """The kinds of which the element names all principals by `*`."""
    kinds = {value.kind for value in element.values if value.value == EVERYONE.value}
    return frozenset(caller_kind for kind, caller_kind in _WILDCARD_KINDS.items() if kind in kinds)


def _is_of_kind(principal: str, kinds: frozenset[CallerKind]) -> bool:
    """Whether the principal is of one of the kinds."""
    return bool(kinds) and _find_caller_kind(principal) in kinds


def _possible_name_test(element: Principals, names: frozenset[str]) -> Callable[[str], bool]:
    """The test whether the element has a name that may stand for a principal.

    A deployment parameter is such a name. `CanonicalUser` is the canonical ID of an account whose account ID is
    unknown. AWS does not document `*` for kinds other than AWS, nor kinds that it does not list.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-bucket-user-policy-specifying-principal-intro.html
    """
    is_open = any(value.kind not in _KINDS or value.value == EVERYONE.value for value in element.values)
    parameters = {value.value for value in element.values if has_parameters(value.value)}
    has_canonical = any(value.kind == _CANONICAL for value in element.values)
    aws_values = {value.value for value in element.values if value.kind == "AWS"}

    def has_other_value(principal: str) -> bool:
        return len(aws_values) > (principal in aws_values)

    def test(principal: str) -> bool:
        if is_open or parameters - {principal}:
            return True
        if has_canonical and any(name.startswith(_ACCOUNT_PREFIX) for name in _possible_names(principal)):
            return True
        if has_other_value(principal) and _find_caller_kind(principal) is None:
            return True
        return _may_be_federated_session(names, principal)

    return test


@lru_cache(maxsize=4096)
def _find_caller_kind(principal: str) -> CallerKind | None:
    """The kind of the principal; None for a name that no request has, such as a canonical user ID."""
    try:
        return parse_caller(principal).kind
    except IamglueError:
        return None


def _names_everyone(element: Principals) -> bool:
    """Whether the element is `"*"` or `{"AWS": "*"}`."""
    return not named_principals(element).isdisjoint(_EVERYONE)


def _principal_name(principal: Principal) -> str:
    """The normalized name of a policy's principal. An account ID is short for the ARN of the account's root."""
    account = principal.kind == "AWS" and _ACCOUNT.fullmatch(principal.value)
    return f"{_ACCOUNT_PREFIX}{principal.value}" if account else _possible_names(principal.value)[0]


@lru_cache(maxsize=4096)
def _possible_names(principal: str) -> tuple[str, ...]:
    """The names by which a policy may refer to `principal`: itself, its role, its account."""
    arn = parse_arn(principal)
    if arn is None:
        return (f"{_ACCOUNT_PREFIX}{principal}",) if _ACCOUNT.fullmatch(principal) else (principal,)
    account = f"{_ACCOUNT_PREFIX}{arn.account}"
    kind, _, rest = arn.resource.partition("/")
    match arn.service, kind:
        case "iam", "root":
            return (account,)
        case "iam", "role":
            return (_role_name(arn, rest), account)
        case "sts", "assumed-role":
            return (principal, _role_name(arn, rest.partition("/")[0]), account)
        case "iam", "saml-provider" | "oidc-provider":
            return (principal,)
        case _:
            return (principal, account)


def _role_name(arn: Arn, name: str) -> str:
    """The normalized name of a role: its partition, its account and its name without the path."""
    # A session's ARN omits the path of its role; the role's name is unique in the account without it.
    # A template's partition that is not known is read as the first one.
    partition = _FIRST_PARTITION if has_parameters(arn.partition) else arn.partition
    return f"{_ROLE_PREFIX}{partition} {arn.account} {name.rpartition('/')[2]}"


def _may_be_federated_session(names: frozenset[str], principal: str) -> bool:
    """Whether the principal is a federated user session that a user in `names` may have created.

    The caller of GetFederationToken chooses the session's name, so the session's ARN does not identify the user.
    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
    """
    arn = parse_arn(principal)
    if arn is None or arn.service != "sts" or not arn.resource.startswith("federated-user/"):
        return False
    return any(name.startswith(f"arn:{arn.partition}:iam::{arn.account}:user/") for name in names)
