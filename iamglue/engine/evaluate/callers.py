"""The principal that makes a request: its kind, its account, and the condition keys that follow from it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from iamglue.engine.evaluate.request import RequestContext
from iamglue.errors import IamglueError
from iamglue.policy.arns import Arn, parse_arn

ANONYMOUS = "*"
_ACCOUNT = re.compile(r"[0-9]{12}")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
_SERVICE = re.compile(r"\.amazonaws\.com(\.cn)?$")


class CallerKind(Enum):
    """The kinds of principals that policy evaluation distinguishes."""

    UNNAMED = "a principal that the request does not name"
    ANONYMOUS = "anyone, without credentials"
    ROOT = "the root user of an account"
    USER = "an IAM user"
    ROLE = "an IAM role"
    SESSION = "a role session"
    FEDERATED_USER = "a federated user session"
    SERVICE = "an AWS service"
    IDENTITY_PROVIDER = "a user of an identity provider"


# These principals have no identity-based policies, so only policies of the resource's side apply.
KINDS_WITHOUT_IDENTITY_POLICIES = frozenset({CallerKind.ANONYMOUS, CallerKind.SERVICE, CallerKind.IDENTITY_PROVIDER})
# These principals have identity-based policies, which alone decide if no other layer is present.
KINDS_WITH_IDENTITY_POLICIES = frozenset({CallerKind.USER, CallerKind.ROLE, CallerKind.SESSION})
# The condition keys, in lower case, that evaluation derives from the caller and from the resource's account.
KNOWN_KEYS = (
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principaltype",
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:username",
    "aws:resourceaccount",
)
_TYPES = {
    CallerKind.ROOT: "Account",
    CallerKind.USER: "User",
    CallerKind.ROLE: "AssumedRole",
    CallerKind.SESSION: "AssumedRole",
    CallerKind.FEDERATED_USER: "FederatedUser",
    CallerKind.ANONYMOUS: "Anonymous",
}


@dataclass(frozen=True, slots=True)
class RequestCaller:
    """A principal and its kind. `arn` is None for principals without an ARN, such as services.

    `account` is the account whose policies apply to this caller; None if it has no identity-based policies.
    """

    kind: CallerKind
    principal: str | None = None
    arn: Arn | None = None
    account: str | None = field(init=False)

    def __post_init__(self) -> None:
        account = self.arn.account if self.arn and self.kind not in KINDS_WITHOUT_IDENTITY_POLICIES else None
        object.__setattr__(self, "account", account)

    @property
    def role_path_unknown(self) -> bool:
        """Whether `known_keys` assumes that the caller's role has no path."""
        return self.kind is CallerKind.SESSION

    @property
    def known_keys(self) -> RequestContext:
        """The condition keys that AWS sets in every request of this caller."""
        keys: dict[str, str | None] = {
            "aws:PrincipalArn": self._principal_arn(),
            # The AWS page on condition keys: "Anonymous requests have the value anonymous".
            "aws:PrincipalAccount": "anonymous" if self.kind is CallerKind.ANONYMOUS else self.account,
            "aws:PrincipalType": _TYPES.get(self.kind),
        }
        if self.kind is CallerKind.USER and self.arn:
            keys["aws:username"] = self.arn.resource.rpartition("/")[2]
        if self.kind is CallerKind.SERVICE:
            keys["aws:PrincipalServiceName"] = self.principal
        # In all signed requests; who asks for a role by an identity provider has no AWS credentials yet.
        if self.kind not in (CallerKind.UNNAMED, CallerKind.ANONYMOUS, CallerKind.IDENTITY_PROVIDER):
            keys["aws:PrincipalIsAWSService"] = "true" if self.kind is CallerKind.SERVICE else "false"
        return {key: (value,) for key, value in keys.items() if value is not None}

    def _principal_arn(self) -> str | None:
        """The value of aws:PrincipalArn; None if requests of this caller do not have the key."""
        if self.arn is None or self.kind in KINDS_WITHOUT_IDENTITY_POLICIES:
            return None
        if self.kind is CallerKind.SESSION:
            # The key holds the role's ARN, which includes the role's path; the session's ARN does not include it.
            name = self.arn.resource.split("/")[1]
            return f"arn:{self.arn.partition}:iam::{self.arn.account}:role/{name}"
        return self.principal


@lru_cache(maxsize=4096)
def parse_caller(principal: str | None) -> RequestCaller:
    """Parse a principal: an ARN, an account ID, a service or identity provider, or "*".

    Raises IamglueError if the text is not a valid principal.
    """
    if principal is None:
        return RequestCaller(CallerKind.UNNAMED)
    if principal == ANONYMOUS:
        return RequestCaller(CallerKind.ANONYMOUS, principal)
    if _ACCOUNT.fullmatch(principal):
        return RequestCaller(CallerKind.ROOT, principal, Arn("aws", "iam", "", principal, "root"))
    arn = parse_arn(principal)
    kind = _caller_kind(arn) if arn else None
    if arn and kind:
        return RequestCaller(kind, principal, arn)
    if arn is None and _HOST.fullmatch(principal):
        is_service = _SERVICE.search(principal) and principal != "cognito-identity.amazonaws.com"
        return RequestCaller(CallerKind.SERVICE if is_service else CallerKind.IDENTITY_PROVIDER, principal)
    raise IamglueError(
        f"`{principal}` is not a valid principal of a request",
        hint="write the ARN of a user, role, role session (arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION) or root "
        "user, a service such as lambda.amazonaws.com, or * for an anonymous request",
    )


def _caller_kind(arn: Arn) -> CallerKind | None:
    """The kind of principal that an ARN names; None if a request cannot have such a principal."""
    resource_type, slash, rest = arn.resource.partition("/")
    if not _ACCOUNT.fullmatch(arn.account) or "*" in arn.resource or "?" in arn.resource:
        return None
    if arn.service == "iam":
        if arn.resource == "root":
            return CallerKind.ROOT
        kinds = {
            "user": CallerKind.USER,
            "role": CallerKind.ROLE,
            "saml-provider": CallerKind.IDENTITY_PROVIDER,
            "oidc-provider": CallerKind.IDENTITY_PROVIDER,
        }
        return kinds.get(resource_type) if slash and rest else None
    if arn.service == "sts" and rest:
        if resource_type == "assumed-role":
            return CallerKind.SESSION if "/" in rest else None
        return CallerKind.FEDERATED_USER if resource_type == "federated-user" else None
    return None
