"""Witnesses that can really be sent: a principal, and the condition keys that AWS sets in its requests.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from iamglue.engine.evaluate.callers import ANONYMOUS, CallerKind, RequestCaller, parse_caller
from iamglue.engine.evaluate.request import Request, RequestContext
from iamglue.engine.solve.access import Access
from iamglue.engine.solve.principal_keys import (
    PRINCIPAL_ACCOUNT,
    PRINCIPAL_ARN,
    PRINCIPAL_KEYS,
    PRINCIPAL_SERVICE_NAME,
    USERNAME,
)
from iamglue.engine.solve.representatives import EXTERNAL_ACCOUNT
from iamglue.engine.solve.search import CandidateRequest
from iamglue.engine.solve.variables import AccessInstance
from iamglue.errors import IamglueError
from iamglue.policy.arns import parse_arn

_ACCOUNT = re.compile(r"[0-9]{12}")


def confirmed_request(access: Access, instance: AccessInstance, candidate: CandidateRequest) -> Request | None:
    """The request that a search proposes, if the statements confirm that it is in `access`; else None.

    Its principal and its condition keys are consistent: of the principals that the statements do not distinguish, it
    has the first one whose requests can have these keys.
    """
    request = Request(
        candidate.action, candidate.resource, instance.with_context(candidate.context), candidate.principals[0]
    )
    if request.principal is None:
        return request if access.contains(request) else None
    for principal in dict.fromkeys(
        (*candidate.principals, *_other_principals(request.lowercase_context, candidate.principals))
    ):
        if principal is not None and (fitted := _fit_principal(access, request, principal)):
            return fitted
    return None


def _fit_principal(access: Access, request: Request, principal: str) -> Request | None:
    """The request with `principal` and the keys of its requests, if it is in the access; else None."""
    try:
        caller = parse_caller(principal)
    except IamglueError:  # a canonical user ID: the keys of its requests are unknown
        fitted = replace(request, principal=principal)
        return fitted if access.contains(fitted) else None
    other_keys = {key: value for key, value in request.context.items() if key.lower() not in PRINCIPAL_KEYS}
    caller_keys = {**caller.known_keys, **_role_with_path(caller, request.lowercase_context)}
    fitted = replace(request, principal=principal, context={**other_keys, **caller_keys})
    if not access.contains(fitted):
        return None
    # Keys that the policies do not use are left out, if that makes no difference.
    used_keys = {key: value for key, value in caller_keys.items() if key.lower() in request.lowercase_context}
    shorter = replace(fitted, context={**other_keys, **used_keys})
    return shorter if access.contains(shorter) else fitted


def _role_with_path(caller: RequestCaller, context: RequestContext) -> RequestContext:
    """The role ARN in the context, if it may be the role of the session; a session's ARN does not have the path."""
    (text, *_), session_role_arn = context.get(PRINCIPAL_ARN, ("",)), caller.known_keys.get("aws:PrincipalArn", ("",))
    arn, role = parse_arn(text), parse_arn(session_role_arn[0])
    if caller.kind is not CallerKind.SESSION or arn is None or role is None or not arn.resource.startswith("role/"):
        return {}
    same = arn.account == role.account and arn.resource.rpartition("/")[2] == role.resource.rpartition("/")[2]
    return {"aws:PrincipalArn": (text,)} if same else {}


def _other_principals(context: RequestContext, principals: Iterable[str | None]) -> Iterator[str]:
    """Principals of every kind, with the accounts and names of the given principals and the context."""
    principal = _principal_in_context(context)
    if principal:
        yield principal
    accounts = dict.fromkeys(account for candidate in (principal, *principals) if (account := _find_account(candidate)))
    # For a pattern such as `1111*`, the rest of the account ID is filled in.
    accounts |= dict.fromkeys(value.ljust(12, "0") for value in context.get(PRINCIPAL_ACCOUNT, ()) if value.isdecimal())
    name = next(iter(context.get(USERNAME, ())), "") or "someone"
    for account in (*accounts, EXTERNAL_ACCOUNT):
        yield f"arn:aws:iam::{account}:user/{name}"
        yield f"arn:aws:sts::{account}:assumed-role/someone/session"
        yield f"arn:aws:iam::{account}:root"
        yield f"arn:aws:sts::{account}:federated-user/someone"
    yield from context.get(PRINCIPAL_SERVICE_NAME, ())
    yield "someone.amazonaws.com"
    yield ANONYMOUS


def _principal_in_context(context: RequestContext) -> str | None:
    """The principal whose ARN is in the context, None if no principal has it; parts left open are filled in."""
    arn = parse_arn(next(iter(context.get(PRINCIPAL_ARN, ())), ""))
    if arn is None or not arn.partition or arn.service not in ("iam", "sts") or not arn.resource:
        return None
    account = arn.account if _ACCOUNT.fullmatch(arn.account) else EXTERNAL_ACCOUNT
    name = arn.resource if not arn.resource.endswith("/") else f"{arn.resource}someone"
    if name.startswith("role/"):
        return f"arn:{arn.partition}:sts::{account}:assumed-role/{name.rpartition('/')[2]}/session"
    return f"arn:{arn.partition}:{arn.service}::{account}:{name}"


def _find_account(principal: str | None) -> str | None:
    """The account of a principal; None if it has none."""
    if principal is None:
        return None
    try:
        return parse_caller(principal).account
    except IamglueError:
        return None
