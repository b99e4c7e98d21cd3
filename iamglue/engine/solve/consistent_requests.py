"""Requests that can exist: the condition keys that AWS sets agree with the principal, the resource and one another.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from iamglue.engine.evaluate.callers import ANONYMOUS, CallerKind, RequestCaller, parse_caller
from iamglue.engine.evaluate.request import Request, RequestContext
from iamglue.engine.solve.access import Access
from iamglue.engine.solve.budget import spend
from iamglue.engine.solve.dependent_keys import SOURCE_KEYS, TestedKeys, agreeing_contexts, has_dependent_keys
from iamglue.engine.solve.principal_keys import (
    PRINCIPAL_ACCOUNT,
    PRINCIPAL_ARN,
    PRINCIPAL_KEYS,
    PRINCIPAL_SERVICE_NAME,
    USERNAME,
)
from iamglue.engine.solve.representatives import EXTERNAL_ACCOUNT
from iamglue.errors import IamglueError
from iamglue.policy.arns import parse_arn

_ACCOUNT = re.compile(r"[0-9]{12}")
_USER_ID, _KMS_CALLER = "aws:userid", "kms:calleraccount"
_PRINCIPAL_KEYS = PRINCIPAL_KEYS | {_USER_ID, _KMS_CALLER}
_KEYS_OF_CALLERS = _PRINCIPAL_KEYS | SOURCE_KEYS
# The number of statements that are evaluated in one step.
_TERMS_PER_STEP = 4


def may_contradict(tested: TestedKeys) -> bool:
    """Whether keys that policies test depend on the principal, on the resource or on one another."""
    return not _KEYS_OF_CALLERS.isdisjoint(tested) or has_dependent_keys(tested)


def consistent_request(
    access: Access,
    request: Request,
    principals: Sequence[str | None] = (None,),
    tested: TestedKeys | None = None,
    any_context: bool = False,
) -> Request | None:
    """A request like the given one that can exist and is in the access: its keys agree; None if none is known.

    With a None in `principals`, the request has no principal, but the keys of one that its context may belong to.
    `tested` are the keys to consider, by default those of the access. With `any_context`, they need not agree.
    """
    if any_context and None in principals:
        return request if access.contains(request) else None
    tested = access.tested_keys if tested is None else tested
    is_dependent = has_dependent_keys(tested) and not any_context
    for principal, context in _principal_contexts(request, principals, tested, any_context=any_context):
        pairs = agreeing_contexts(context, request.resource, tested) if is_dependent else ((request.resource, context),)
        for resource, agreeing in pairs:
            spend(1 + len(access.terms) // _TERMS_PER_STEP)
            fitted = replace(request, resource=resource, principal=principal, context=agreeing)
            if access.contains(fitted):
                shown = {tested[key]: values for key, values in agreeing.items() if key in tested}
                return replace(fitted, context=shown)
    return None


def _principal_contexts(
    request: Request, principals: Sequence[str | None], tested: TestedKeys, *, any_context: bool
) -> Iterator[tuple[str | None, RequestContext]]:
    """Each principal that may make the request, with the request's context and the keys of that principal."""
    context = request.lowercase_context
    is_named = None not in principals
    if not is_named and _KEYS_OF_CALLERS.isdisjoint(tested):
        yield None, context
        return
    other_keys = {key: values for key, values in context.items() if key not in _PRINCIPAL_KEYS}
    for principal in dict.fromkeys((*principals, *_other_principals(context, principals))):
        if principal is None:
            continue
        try:
            caller = parse_caller(principal)
        except IamglueError:  # a canonical user ID: the keys of its requests are unknown
            if is_named:
                yield principal, context
            continue
        if caller.kind is not CallerKind.SERVICE and not any_context and not SOURCE_KEYS.isdisjoint(context):
            continue
        keys: dict[str, tuple[str, ...]] = {
            key.lower(): values for key, values in {**caller.known_keys, **_role_with_path(caller, context)}.items()
        }
        if request.action.lower().startswith("kms:") and caller.account:
            keys[_KMS_CALLER] = (caller.account,)
        for user_id in _user_ids(caller, context) if _USER_ID in tested else ({},):
            yield principal if is_named else None, {**other_keys, **keys, **user_id}


def _user_ids(caller: RequestCaller, context: RequestContext) -> Iterator[RequestContext]:
    """The key aws:userid for a principal: with the value in the context, if it can be its ID, and with an example.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
    """
    account = caller.account or ""
    pattern, example = {
        CallerKind.ROOT: (account, account),
        CallerKind.USER: ("[A-Z0-9]+", "AIDACKCEVSQ6C2EXAMPLE"),
        CallerKind.ROLE: ("[A-Z0-9]+:.+", "AROADBQP57FF2AEXAMPLE:session"),
        CallerKind.SESSION: ("[A-Z0-9]+:.+", "AROADBQP57FF2AEXAMPLE:session"),
        CallerKind.FEDERATED_USER: (f"{account}:.+", f"{account}:someone"),
    }.get(caller.kind, (".*", ""))
    given = context.get(_USER_ID, ("",))[0]
    if given and re.fullmatch(pattern, given):
        yield {_USER_ID: (given,)}
    yield {_USER_ID: (example,)} if example else {}


def _role_with_path(caller: RequestCaller, context: RequestContext) -> RequestContext:
    """The role ARN in the context, if it may be the role of the session; a session's ARN does not have the path."""
    (text, *_), session_role_arn = context.get(PRINCIPAL_ARN, ("",)), caller.known_keys.get("aws:PrincipalArn", ("",))
    arn, role = parse_arn(text), parse_arn(session_role_arn[0])
    if caller.kind is not CallerKind.SESSION or arn is None or role is None or not arn.resource.startswith("role/"):
        return {}
    path, _, name = arn.resource.rpartition("/")
    same = bool(name) and replace(arn, resource=f"role/{name}") == role and "//" not in f"{path}/"
    return {"aws:PrincipalArn": (text,)} if same else {}


def _other_principals(context: RequestContext, principals: Iterable[str | None]) -> Iterator[str]:
    """Principals of every kind, with the accounts and names of the given principals and the context."""
    principal = _principal_in_context(context)
    if principal:
        yield principal
    accounts = dict.fromkeys(account for candidate in (principal, *principals) if (account := _find_account(candidate)))
    # For a pattern such as `1111*`, the rest of the account ID is filled in.
    named = (*context.get(PRINCIPAL_ACCOUNT, ()), *context.get(_KMS_CALLER, ()))
    accounts |= dict.fromkeys(value.ljust(12, "0") for value in named if value.isdecimal())
    name = next(iter(context.get(USERNAME, ())), "") or "someone"
    arn = parse_arn(principal or "")
    for account in (*accounts, EXTERNAL_ACCOUNT):
        if arn is not None:
            yield str(replace(arn, account=account))
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
