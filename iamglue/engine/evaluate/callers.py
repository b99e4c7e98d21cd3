"""Who makes a request: the kinds of principals, their accounts, and the condition keys that follow from them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from iamglue.engine.evaluate.request import RequestContext
from iamglue.errors import IamglueError
from iamglue.policy.arns import Arn, parse_arn

ANONYMOUS = "*"
_ACCOUNT = re.compile(r"[0-9]{12}")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
_SERVICE = re.compile(r"\.amazonaws\.com(\.cn)?$")
# Both for role ARNs with the reserved path and for sessions, whose ARNs leave the path out:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
_SERVICE_LINKED = re.compile(r"(assumed-)?role/(aws-service-role/|AWSServiceRoleFor)")


class CallerKind(Enum):
    """What makes a request, as far as evaluation tells principals apart."""

    UNNAMED = "a principal that the request does not name"
    ANONYMOUS = "anyone, without credentials"
    ROOT = "the root user of an account"
    USER = "an IAM user"
    ROLE = "an IAM role"
    SESSION = "a role session"
    FEDERATED_USER = "a federated user session"
    SERVICE = "an AWS service"
    IDENTITY_PROVIDER = "a user of an identity provider"


# They have no identity-based policies in an account, so only what is on the resource's side counts.
KINDS_WITHOUT_IDENTITY_POLICIES = frozenset({CallerKind.ANONYMOUS, CallerKind.SERVICE, CallerKind.IDENTITY_PROVIDER})
# They have identity-based policies, which decide alone where nothing else is given.
KINDS_WITH_IDENTITY_POLICIES = frozenset({CallerKind.USER, CallerKind.ROLE, CallerKind.SESSION})
# What `Caller.known_keys` may hold, and the key that the resource's account gives, in lower case.
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
    """A principal, its kind, and the account that it belongs to when it belongs to one."""

    kind: CallerKind
    principal: str | None = None
    arn: Arn | None = None

    @property
    def account(self) -> str | None:
        """The account whose policies are about this caller."""
        return self.arn.account if self.arn and self.kind not in KINDS_WITHOUT_IDENTITY_POLICIES else None

    @property
    def service_linked(self) -> bool:
        """Whether it is a service-linked role, which organizations' policies do not bind."""
        in_a_role = self.kind in (CallerKind.ROLE, CallerKind.SESSION)
        return bool(in_a_role and self.arn and _SERVICE_LINKED.match(self.arn.resource))

    @property
    def role_path_unknown(self) -> bool:
        """Whether `known_keys` supposes that its role has no path."""
        return self.kind is CallerKind.SESSION

    @property
    def known_keys(self) -> RequestContext:
        """The condition keys that AWS puts in every request of this caller."""
        found: dict[str, str | None] = {
            "aws:PrincipalArn": self._principal_arn(),
            # "Anonymous requests have the value anonymous", says the page about condition keys.
            "aws:PrincipalAccount": "anonymous" if self.kind is CallerKind.ANONYMOUS else self.account,
            "aws:PrincipalType": _TYPES.get(self.kind),
        }
        if self.kind is CallerKind.USER and self.arn:
            found["aws:username"] = self.arn.resource.rpartition("/")[2]
        if self.kind is CallerKind.SERVICE:
            found["aws:PrincipalServiceName"] = self.principal
        if self.kind is not CallerKind.UNNAMED:
            found["aws:PrincipalIsAWSService"] = "true" if self.kind is CallerKind.SERVICE else "false"
        return {key: (value,) for key, value in found.items() if value is not None}

    def _principal_arn(self) -> str | None:
        if self.arn is None or self.kind in KINDS_WITHOUT_IDENTITY_POLICIES:
            return None
        if self.kind is CallerKind.SESSION:
            # The key holds the role's ARN, which has the role's path; the session's ARN does not say it.
            name = self.arn.resource.split("/")[1]
            return f"arn:{self.arn.partition}:iam::{self.arn.account}:role/{name}"
        return self.principal


@lru_cache(maxsize=4096)
def parse_caller(principal: str | None) -> RequestCaller:
    """The caller that a principal's text names: an ARN, an account id, a service or identity provider, or "*".

    Raises IamglueError for a text that names no principal.
    """
    if principal is None:
        return RequestCaller(CallerKind.UNNAMED)
    if principal == ANONYMOUS:
        return RequestCaller(CallerKind.ANONYMOUS, principal)
    if _ACCOUNT.fullmatch(principal):
        return RequestCaller(CallerKind.ROOT, principal, Arn("aws", "iam", "", principal, "root"))
    arn = parse_arn(principal)
    kind = _kind(arn) if arn else None
    if arn and kind:
        return RequestCaller(kind, principal, arn)
    if arn is None and _HOST.fullmatch(principal):
        is_service = _SERVICE.search(principal) and principal != "cognito-identity.amazonaws.com"
        return RequestCaller(CallerKind.SERVICE if is_service else CallerKind.IDENTITY_PROVIDER, principal)
    raise IamglueError(
        f"`{principal}` is no principal of a request",
        hint="it is the ARN of a user, role, role session (arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION) or root "
        "user, a service such as lambda.amazonaws.com, or * for an anonymous request",
    )


def _kind(arn: Arn) -> CallerKind | None:
    first, slash, rest = arn.resource.partition("/")
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
        return kinds.get(first) if slash and rest else None
    if arn.service == "sts" and rest:
        if first == "assumed-role":
            return CallerKind.SESSION if "/" in rest else None
        return CallerKind.FEDERATED_USER if first == "federated-user" else None
    return None
