"""Witnesses that somebody can send: a principal, and the condition keys that AWS puts into that principal's requests.

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


def confirmed_request(access: Access, instance: AccessInstance, case: CandidateRequest) -> Request | None:
    """The request that a search proposes, where the statements confirm that it is in `access`; else None.

    Its principal and its condition keys fit together: of the principals that the statements do not tell apart, the
    first whose requests carry such keys is taken.
    """
    request = Request(case.action, case.resource, instance.with_context(case.context), case.principals[0])
    if request.principal is None:
        return request if access.contains(request) else None
    for principal in dict.fromkeys((*case.principals, *_others(request.lowercase_context, case.principals))):
        if principal is not None and (fitted := _fitted(access, request, principal)):
            return fitted
    return None


def _fitted(access: Access, request: Request, principal: str) -> Request | None:
    """The request made by `principal`, if it is in the access with the keys that such a request carries."""
    try:
        who = parse_caller(principal)
    except IamglueError:  # an id that stands for somebody: what the requests carry is not known
        changed = replace(request, principal=principal)
        return changed if access.contains(changed) else None
    own = {key: value for key, value in request.context.items() if key.lower() not in PRINCIPAL_KEYS}
    known = {**who.known_keys, **_role_with_path(who, request.lowercase_context)}
    changed = replace(request, principal=principal, context={**own, **known})
    if not access.contains(changed):
        return None
    # Only what the policies ask about is shown, where that makes no difference.
    named = {key: value for key, value in known.items() if key.lower() in request.lowercase_context}
    shorter = replace(changed, context={**own, **named})
    return shorter if access.contains(shorter) else changed


def _role_with_path(who: RequestCaller, context: RequestContext) -> RequestContext:
    """The role's ARN that the context names, where it may be that of the session: a session's ARN lacks the path."""
    (text, *_), own = context.get(PRINCIPAL_ARN, ("",)), who.known_keys.get("aws:PrincipalArn", ("",))
    arn, role = parse_arn(text), parse_arn(own[0])
    if who.kind is not CallerKind.SESSION or arn is None or role is None or not arn.resource.startswith("role/"):
        return {}
    same = arn.account == role.account and arn.resource.rpartition("/")[2] == role.resource.rpartition("/")[2]
    return {"aws:PrincipalArn": (text,)} if same else {}


def _others(context: RequestContext, principals: Iterable[str | None]) -> Iterator[str]:
    """Principals of every kind, in the accounts and by the names that the principals and the context name."""
    named = _named_in(context)
    if named:
        yield named
    accounts = dict.fromkeys(account for each in (named, *principals) if (account := _account_of(each)))
    # What a pattern such as `1111*` leaves out of an account's number is filled in.
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


def _named_in(context: RequestContext) -> str | None:
    """The principal whose ARN the context holds; what a pattern left out of it is filled in."""
    arn = parse_arn(next(iter(context.get(PRINCIPAL_ARN, ())), ""))
    if arn is None:
        return None
    account = arn.account if _ACCOUNT.fullmatch(arn.account) else EXTERNAL_ACCOUNT
    name = arn.resource if not arn.resource.endswith("/") else f"{arn.resource}someone"
    if name.startswith("role/"):
        return f"arn:{arn.partition}:sts::{account}:assumed-role/{name.rpartition('/')[2]}/session"
    return f"arn:{arn.partition}:{arn.service}::{account}:{name}"


def _account_of(principal: str | None) -> str | None:
    if principal is None:
        return None
    try:
        return parse_caller(principal).account
    except IamglueError:
        return None
