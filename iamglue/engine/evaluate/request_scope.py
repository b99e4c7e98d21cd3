"""The scope of a request: its caller, whether it is cross-account, and the rules that apply to its service.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from iamglue.catalog.tables import table_rows
from iamglue.engine.evaluate.callers import (
    KINDS_WITH_IDENTITY_POLICIES,
    CallerKind,
    RequestCaller,
    parse_caller,
)
from iamglue.engine.evaluate.request import Request
from iamglue.errors import IamglueError
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields

_ACCOUNT = re.compile(r"[0-9]{12}")
# The services with resources whose own policy must allow access (KMS keys and roles).
TRUST_POLICY = "role trust policy"
SERVICES_REQUIRING_RESOURCE_POLICY = frozenset({"kms", "sts"})


@dataclass(frozen=True, slots=True)
class RequestScope:
    """A request with the keys that AWS adds to it. `assumptions` lists what was assumed, one sentence each.

    `required_resource_policy` names the policy that must allow by itself (key policy, role trust policy), else None.
    `resource_account` is the known or assumed account of the resource, `role_arn` the assumed value of aws:PrincipalArn
    for a session, whose ARN omits the path of its role.
    """

    request: Request
    caller: RequestCaller
    cross_account: bool
    required_resource_policy: str | None
    assumptions: tuple[str, ...]
    resource_account: str | None = None
    role_arn: str | None = None


def build_request_scope(request: Request, resource_account: str | None = None) -> RequestScope:
    """Build the scope of a request.

    `resource_account` is the account of the resource; by default the account in the resource's ARN, else the caller's
    account. Raises IamglueError for an invalid principal, and if `resource_account` contradicts the ARN.
    """
    caller = parse_caller(request.principal)
    arn_account = account_in_arn(request.resource)
    if resource_account and arn_account and arn_account != resource_account:
        raise IamglueError(
            f"the resource's ARN has the account {arn_account}, but the given account is {resource_account}"
        )
    known_account = resource_account or arn_account
    assumptions: list[str] = []
    if caller.account and not known_account and request.resource != "*":
        assumptions += _same_account_assumption(caller.account)
    caller_keys = {**caller.known_keys}
    owner_account = known_account or (caller.account if caller.kind is not CallerKind.UNNAMED else None)
    if owner_account and request.resource != "*":
        caller_keys["aws:ResourceAccount"] = (owner_account,)
    if caller.account and request.action.lower().startswith("kms:"):
        # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account
        caller_keys["kms:CallerAccount"] = (caller.account,)
    missing_keys = {key: values for key, values in caller_keys.items() if key.lower() not in request.lowercase_context}
    assumed_role_arn = missing_keys.get("aws:PrincipalArn") if caller.role_path_unknown else None
    return RequestScope(
        Request(request.action, request.resource, {**request.context, **missing_keys}, request.principal),
        caller,
        bool(caller.account and known_account and caller.account != known_account),
        _find_required_resource_policy(request),
        tuple(assumptions),
        owner_account,
        assumed_role_arn[0] if assumed_role_arn else None,
    )


def same_account_assumptions(request: Request, resource_account: str | None) -> tuple[str, ...] | None:
    """The assumptions for a same-account request of a user or role, or of an unnamed principal.

    None for other requests, and if the accounts need a closer check.
    """
    if request.principal is None:
        return () if resource_account is None else None
    caller, arn_account = parse_caller(request.principal), account_in_arn(request.resource)
    known_account = resource_account or arn_account
    if caller.kind not in KINDS_WITH_IDENTITY_POLICIES or (
        known_account and (known_account != caller.account or (arn_account or known_account) != known_account)
    ):
        return None
    return () if known_account or request.resource == "*" else _same_account_assumption(caller.account or "")


@lru_cache(maxsize=4096)
def _same_account_assumption(account: str) -> tuple[str, ...]:
    """The assumption about a resource whose ARN has no account."""
    return (f"the resource is assumed to be in the principal's account, {account}",)


@cache
def actions_without_permission() -> frozenset[str]:
    """The actions, in lower case, that no policy controls: any principal with credentials can call them."""
    return frozenset(row["action"].lower() for row in table_rows("permission_free_actions"))


def account_in_arn(resource: str) -> str | None:
    """The account in a resource's ARN; None if it has none."""
    fields = split_arn_fields(resource)
    return fields[4] if len(fields) == ARN_FIELD_COUNT and _ACCOUNT.fullmatch(fields[4]) else None


def _find_required_resource_policy(request: Request) -> str | None:
    """The policy that must allow by itself: the key policy, or the role trust policy; else None."""
    service = request.action.partition(":")[0].lower()
    fields = split_arn_fields(request.resource)
    if len(fields) != ARN_FIELD_COUNT or service not in SERVICES_REQUIRING_RESOURCE_POLICY:
        return None
    if service == "kms" and fields[2] == "kms" and fields[5].startswith("key/"):
        return "key policy"
    return TRUST_POLICY if service == "sts" and fields[2] == "iam" and fields[5].startswith("role/") else None
