"""Strangers may invoke a function, or do more with it.

A function's resource-based policy says who besides the account's own users may use it. A principal of `*` without a
condition that names somebody is everyone with an account of AWS; a function URL with `NONE` for authentication is
everyone on the internet. Sometimes that is meant, as for a public web hook: then the function itself has to check who
calls. Principals of other accounts are told, unless a condition holds them to the organization (`aws:PrincipalOrgID`).
What a Deny of the same policy takes back is not counted. Services are left to the rule `unconfined-invoke`.

https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.audit.access.callers import Caller, Held, Kind, callers, denied, held
from iamglue.audit.access.places import Allowing, place
from iamglue.audit.rule import Case, RoleHit, RoleRule
from iamglue.catalog.source_condition_keys import Confines
from iamglue.engine.solve.action_bitsets import actions_mask, pattern_mask, patterns_mask
from iamglue.findings import Severity
from iamglue.model.account import DeployedFunction, Permissions
from iamglue.policy.model import Effect, Policy, Statement

RULE = RoleRule(Severity.SECURITY_WARNING, risk=100)

_INVOKING = ("lambda:InvokeFunction", "lambda:InvokeFunctionUrl", "lambda:InvokeAsync")
_AUTH, _VIA_URL = "lambda:functionurlauthtype", "lambda:invokedviafunctionurl"
_NONE, _IAM = "NONE", "AWS_IAM"
_Verdict = tuple[str, Severity, int, str]
_HELP = "name the accounts or roles that call it, or add a condition on `aws:PrincipalOrgID`"
_URL_HELP = "let the URL ask for AWS_IAM, or let the function check who calls"


def check(case: Case) -> Iterator[RoleHit]:
    """Each statement of a function's policies that lets strangers in."""
    for function in case.functions:
        for permissions in function.permissions:
            policy = permissions.policy.policy
            if policy is not None:
                yield from _hits(function, permissions, policy, case)


def _hits(function: DeployedFunction, permissions: Permissions, policy: Policy, case: Case) -> Iterator[RoleHit]:
    for number, statement in enumerate(policy.statements):
        if statement.effect is not Effect.ALLOW:
            continue
        for one in callers(statement):
            found = _verdict(one, statement, held(statement, policy), function, case)
            if found is None or denied(one, statement, policy):
                continue
            message, severity, risk, advice = found
            at = place([Allowing(permissions.policy, number, statement.sid)])
            on = f" (`{permissions.qualifier}`)" if permissions.qualifier else ""
            yield RoleHit(message + on, advice, function.name, at, severity, risk)


def _verdict(one: Caller, statement: Statement, to: Held, function: DeployedFunction, case: Case) -> _Verdict | None:
    """What is wrong with a principal, and how grave it is; None for nothing."""
    if to.inside(case.account) or one.kind not in (Kind.EVERYONE, Kind.ACCOUNT, Kind.IDENTITY):
        return None
    what = _what(statement)
    if one.kind is Kind.EVERYONE:
        return _everyone(statement, to, function, what)
    if one.account == function.account:
        return None
    who = f"the account `{one.account}`" if one.kind is Kind.ACCOUNT else f"`{one.text}`"
    return f"{who}, which is not of this account, may {what}", Severity.WARNING, 40, _HELP


def _everyone(statement: Statement, to: Held, function: DeployedFunction, what: str) -> _Verdict | None:
    """A statement for everyone, as far as its conditions leave it open."""
    if to.by(Confines.SOURCE, Confines.STAND_IN):
        return None
    if to.by(Confines.CALLER):
        named = ", ".join(f"`{each}`" for each in sorted(to.organizations | to.accounts))
        return f"everyone that {named or 'a condition names'} stands for may {what}", Severity.WARNING, 50, _HELP
    if to.by(Confines.NETWORK):
        return f"everyone on the networks that a condition names may {what}", Severity.WARNING, 50, _HELP
    return _open(statement, function, what)


def _open(statement: Statement, function: DeployedFunction, what: str) -> _Verdict | None:
    """A statement for everyone that nothing but a URL's authentication limits."""
    auth = _values(statement, _AUTH)
    if _values(statement, _VIA_URL) == ("true",):
        return None  # beside the statement about the URL, which says who may call it
    if auth == (_NONE,):
        if any(url.auth_type == _NONE for url in function.urls):
            return (
                "everyone on the internet may call the function URL, which asks for no sign-in",
                RULE.severity,
                80,
                _URL_HELP,
            )
        return (
            "everyone might call a function URL without sign-in, once there is one",
            Severity.SUGGESTION,
            10,
            _URL_HELP,
        )
    if auth == (_IAM,):
        return "everyone with an account of AWS may call the function URL", RULE.severity, 70, _URL_HELP
    return f"everyone with an account of AWS may {what}", RULE.severity, 100, _HELP


def _what(statement: Statement) -> str:
    """What a statement lets its callers do."""
    mask = actions_mask(statement.actions) & pattern_mask("lambda:*")
    if not mask & ~patterns_mask(_INVOKING):
        return "invoke the function"
    named = ", ".join(f"`{each}`" for each in statement.actions.values)
    return f"use the function by all but {named}" if statement.actions.negated else f"use the function by {named}"


def _values(statement: Statement, key: str) -> tuple[str, ...]:
    positive = (each for each in statement.conditions if each.key.lower() == key and "Not" not in each.operator.base)
    return tuple(value for each in positive for value in each.values)
