"""External principals may invoke a function, or perform other actions on it.

A function's resource-based policy grants access to principals in addition to those of the account. A principal of `*`
without a condition that restricts the caller is everyone with an AWS account. A function URL with the authentication
type `NONE` is open to everyone on the internet. This may be intended, as for a public web hook; the function must then
authenticate callers itself. Principals of other accounts are reported, unless a condition restricts them to the
organization (`aws:PrincipalOrgID`). A function URL with the authentication type `NONE` is also reported if the policy
that lets callers in could not be read. Access that a Deny of the same policy blocks is not reported. Service principals
belong to the rule `unconfined-invoke`.

https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.audit.access.statement_location import StatementLocation, statement_contents, statement_values
from iamglue.audit.access.statement_principals import (
    ClassifiedPrincipal,
    PrincipalConstraints,
    PrincipalKind,
    classified_principals,
    format_outside_source,
    is_principal_denied,
    principal_constraints,
    requires_key,
)
from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation
from iamglue.catalog.restricting_condition_keys import CallerRestriction
from iamglue.engine.solve.action_bitsets import element_bitset, pattern_bitset, patterns_bitset
from iamglue.findings import Severity
from iamglue.model.account import DeployedFunction, FunctionResourcePolicy
from iamglue.policy.model import Effect, Policy, Statement

RULE = RoleRule(Severity.SECURITY_WARNING, risk=100)

_INVOKING = ("lambda:InvokeFunction", "lambda:InvokeFunctionUrl", "lambda:InvokeAsync")
_AUTH, _VIA_URL = "lambda:functionurlauthtype", "lambda:invokedviafunctionurl"
_NONE, _IAM = "NONE", "AWS_IAM"
_READ = "lambda:GetPolicy"
_Verdict = tuple[str, Severity, int, str]
_HELP = "name the accounts or roles that call the function, or add a condition on `aws:PrincipalOrgID`"
_SOURCE_HELP = "name the service in `Principal`, and a source of this account or organization in the condition"
_URL_HELP = "set the authentication type of the URL to AWS_IAM, or authenticate callers in the function"


def check(context: RoleContext, _audit: AuditContext) -> Iterator[RoleViolation]:
    """Yield a violation for each statement of a function's policies that allows external principals."""
    for function in context.functions:
        for permissions in function.permissions:
            policy = permissions.policy.policy
            if policy is not None:
                yield from _violations(function, permissions, policy, context)
        yield from _url_violations(function, context)


def _url_violations(function: DeployedFunction, context: RoleContext) -> Iterator[RoleViolation]:
    """Yield a violation for each URL without authentication whose policy is not known.

    Without a policy that allows everyone, Lambda denies the request: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    """
    known = {permissions.qualifier for permissions in function.permissions if permissions.policy.policy is not None}
    is_unread = any(gap.what == _READ and gap.subject.arn == function.arn for gap in context.account.gaps)
    unread = {permissions.qualifier for permissions in function.permissions} - known
    for url in function.urls:
        if url.auth_type == _NONE and (url.qualifier in unread or (is_unread and url.qualifier not in known)):
            on = f" (`{url.qualifier}`)" if url.qualifier else ""
            yield RoleViolation(
                "the function URL does not require authentication, and who may call it is not known: the function's"
                f" resource-based policy could not be read{on}",
                f"{_URL_HELP}, and let the audit read the policy ({_READ})",
                function.name,
                severity=Severity.WARNING,
                risk=60,
                about=(url.qualifier, _NONE),
            )


def _violations(
    function: DeployedFunction, permissions: FunctionResourcePolicy, policy: Policy, context: RoleContext
) -> Iterator[RoleViolation]:
    """Yield a violation for each principal that may invoke the function, version or alias and should not."""
    for number, statement in enumerate(policy.statements):
        if statement.effect is not Effect.ALLOW:
            continue
        for principal in classified_principals(statement):
            verdict = _verdict(principal, statement, principal_constraints(statement, policy), function, context)
            if verdict is None or is_principal_denied(principal, statement, policy):
                continue
            message, severity, risk, advice = verdict
            location = StatementLocation(permissions.policy, number, statement.sid)
            on = f" (`{permissions.qualifier}`)" if permissions.qualifier else ""
            about = (permissions.qualifier or "", principal.text, *statement_contents([location]))
            at = statement_values([location])
            yield RoleViolation(message + on, advice, function.name, at, severity, risk, about=about)


def _verdict(
    principal: ClassifiedPrincipal,
    statement: Statement,
    constraints: PrincipalConstraints,
    function: DeployedFunction,
    context: RoleContext,
) -> _Verdict | None:
    """The message, severity, risk and help for a principal; None if it is not external."""
    if constraints.is_within(context.account) or principal.kind not in (
        PrincipalKind.EVERYONE,
        PrincipalKind.ACCOUNT,
        PrincipalKind.IDENTITY,
    ):
        return None
    what = _actions_text(statement)
    if principal.kind is PrincipalKind.EVERYONE:
        if outside := format_outside_source(constraints, context.account):
            return f"every service may {what} for {outside}", Severity.WARNING, 40, _SOURCE_HELP
        return _verdict_on_everyone(statement, constraints, function, what)
    if principal.account == function.account:
        return None
    who = f"the account `{principal.account}`" if principal.kind is PrincipalKind.ACCOUNT else f"`{principal.text}`"
    return f"{who}, which is outside this account, may {what}", Severity.WARNING, 40, _HELP


def _verdict_on_everyone(
    statement: Statement, constraints: PrincipalConstraints, function: DeployedFunction, what: str
) -> _Verdict | None:
    """The verdict on a statement for everyone, considering its conditions."""
    if constraints.has_key_of(CallerRestriction.SOURCE, CallerRestriction.SOURCE_SUBSTITUTE):
        return None
    if constraints.has_key_of(CallerRestriction.CALLER):
        named = ", ".join(f"`{name}`" for name in sorted(constraints.organizations | constraints.accounts))
        return f"everyone in {named or 'what a condition names'} may {what}", Severity.WARNING, 50, _HELP
    if constraints.has_key_of(CallerRestriction.NETWORK):
        return f"everyone on the networks in a condition may {what}", Severity.WARNING, 50, _HELP
    return _verdict_on_unrestricted(statement, function, what)


def _verdict_on_unrestricted(statement: Statement, function: DeployedFunction, what: str) -> _Verdict | None:
    """The verdict on a statement for everyone that only the authentication type of a URL limits."""
    auth = _condition_values(statement, _AUTH)
    if _condition_values(statement, _VIA_URL) == ("true",):
        return None  # the statement about the URL decides who may call it
    if auth == (_NONE,):
        if any(url.auth_type == _NONE for url in function.urls):
            return (
                "everyone on the internet may call the function URL, which does not require authentication",
                RULE.severity,
                80,
                _URL_HELP,
            )
        return (
            "everyone on the internet may call a function URL without authentication, if one is created",
            Severity.SUGGESTION,
            10,
            _URL_HELP,
        )
    if auth == (_IAM,):
        return "everyone with an AWS account may call the function URL", RULE.severity, 70, _URL_HELP
    return f"everyone with an AWS account may {what}", RULE.severity, 100, _HELP


def _actions_text(statement: Statement) -> str:
    """What a statement allows its principals to do, as text."""
    mask = element_bitset(statement.actions) & pattern_bitset("lambda:*")
    if not mask & ~patterns_bitset(_INVOKING):
        return "invoke the function"
    named = ", ".join(f"`{action}`" for action in statement.actions.values)
    if statement.actions.negated:
        return f"perform all actions except {named} on the function"
    return f"perform {named} on the function"


def _condition_values(statement: Statement, key: str) -> tuple[str, ...]:
    """The values that a key must have; requests without it match `...IfExists` and `Null` too, which do not count."""
    required = (
        condition for condition in statement.conditions if condition.key.lower() == key and requires_key(condition)
    )
    return tuple(value for condition in required for value in condition.values)
