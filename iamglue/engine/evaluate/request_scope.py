"""What surrounds a request: who calls, whose account the resource is in, and which special rules hold for it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from iamglue.catalog.services import services_supporting_rcps
from iamglue.catalog.tables import table_rows
from iamglue.engine.evaluate.callers import (
    KINDS_WITH_IDENTITY_POLICIES,
    KINDS_WITHOUT_IDENTITY_POLICIES,
    CallerKind,
    RequestCaller,
    parse_caller,
)
from iamglue.engine.evaluate.request import Request
from iamglue.errors import IamglueError
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields

_ACCOUNT = re.compile(r"[0-9]{12}")
# RCPs do not bind it even where they say `kms:*`:
# https://docs.aws.amazon.com/kms/latest/developerguide/resource-control-policies.html
_BEYOND_RCPS = "kms:retiregrant"


# The services among whose resources are some with policies that must allow by themselves.
SERVICES_REQUIRING_RESOURCE_POLICY = frozenset({"kms", "sts"})


@dataclass(frozen=True, slots=True)
class RequestScope:
    """A request with all that AWS would know of it. `assumed` says in words what was taken to be so.

    `own_policy` is what governs a KMS key or the assuming of a role, which must allow by itself; None elsewhere.
    `role_arn` is what aws:PrincipalArn is taken to be for a session, whose ARN leaves out the path of its role.
    """

    request: Request
    caller: RequestCaller
    cross_account: bool
    required_resource_policy: str | None
    assumptions: tuple[str, ...]
    role_arn: str | None = None

    @property
    def under_scps(self) -> bool:
        """Whether SCPs bind the caller: all principals of member accounts but service-linked roles.

        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
        """
        return self.caller.kind not in KINDS_WITHOUT_IDENTITY_POLICIES and not self.caller.service_linked

    @property
    def under_rcps(self) -> bool:
        """Whether RCPs bind the request: those on some services' resources, service-linked roles left out."""
        action = self.request.action.lower()
        listed = action.partition(":")[0] in services_supporting_rcps()
        return listed and action != _BEYOND_RCPS and not self.caller.service_linked


def build_request_scope(request: Request, resource_account: str | None = None) -> RequestScope:
    """The surroundings of a request.

    `resource_account` is the account of the resource; without it, it is the one in the resource's ARN, else the
    caller's. Raises IamglueError for a principal that is none, and for an account that contradicts the ARN.
    """
    who = parse_caller(request.principal)
    own = _own_account(request.resource)
    if resource_account and own and own != resource_account:
        raise IamglueError(f"the resource's ARN is of account {own}, but its account is said to be {resource_account}")
    place = resource_account or own
    assumed: list[str] = []
    if who.account and not place and request.resource != "*":
        assumed += _taken_home(who.account)
    known = {**who.known_keys}
    home = place or (who.account if who.kind is not CallerKind.UNNAMED else None)
    if home and request.resource != "*":
        known["aws:ResourceAccount"] = (home,)
    missing = {key: values for key, values in known.items() if key.lower() not in request.lowercase_context}
    supposed = missing.get("aws:PrincipalArn") if who.role_path_unknown else None
    return RequestScope(
        replace(request, context={**request.context, **missing}) if missing else request,
        who,
        bool(who.account and place and who.account != place),
        _own_policy(request),
        tuple(assumed),
        supposed[0] if supposed else None,
    )


def same_account_assumptions(request: Request, resource_account: str | None) -> tuple[str, ...] | None:
    """What is assumed of a request by a user or role, or nobody in particular, for a resource of the same account.

    None for others, and where the accounts need a closer look.
    """
    if request.principal is None:
        return () if resource_account is None else None
    who, own = parse_caller(request.principal), _own_account(request.resource)
    place = resource_account or own
    if who.kind not in KINDS_WITH_IDENTITY_POLICIES or (place and (place != who.account or (own or place) != place)):
        return None
    return () if place or request.resource == "*" else _taken_home(who.account or "")


@lru_cache(maxsize=4096)
def _taken_home(account: str) -> tuple[str, ...]:
    return (f"the resource is taken to be in the principal's account, {account}",)


@cache
def actions_without_permission() -> frozenset[str]:
    """The actions, in lower case, that no policy controls: whoever has credentials may do them."""
    return frozenset(row["action"].lower() for row in table_rows("open_actions"))


def _own_account(resource: str) -> str | None:
    fields = split_arn_fields(resource)
    return fields[4] if len(fields) == ARN_FIELD_COUNT and _ACCOUNT.fullmatch(fields[4]) else None


def _own_policy(request: Request) -> str | None:
    service = request.action.partition(":")[0].lower()
    fields = split_arn_fields(request.resource)
    if len(fields) != ARN_FIELD_COUNT or service not in SERVICES_REQUIRING_RESOURCE_POLICY:
        return None
    if service == "kms" and fields[2] == "kms" and fields[5].startswith("key/"):
        return "key policy"
    return "role trust policy" if service == "sts" and fields[2] == "iam" and fields[5].startswith("role/") else None
