"""A service may invoke a function on behalf of any AWS account.

Amazon S3, SNS, EventBridge, API Gateway and others act for any customer that configures them. Unless the permission
names the source, a bucket, topic or rule of another account can invoke the function with an event that its owner
controls (confused deputy). The permission names the source with `aws:SourceArn`, the account with `aws:SourceAccount`
or `aws:SourceOrgID`. The ARN of a bucket does not contain an account, so Amazon S3 needs both: after a bucket is
deleted, anyone can create one with its name. An Alexa skill is named by `lambda:EventSourceToken`. A source in another
account is reported too: its owner chooses the events.

https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from iamglue.audit.access.statement_location import StatementLocation, statement_contents, statement_values
from iamglue.audit.access.statement_principals import (
    ClassifiedPrincipal,
    PrincipalConstraints,
    PrincipalKind,
    classified_principals,
    format_outside_source,
    is_principal_denied,
    principal_constraints,
)
from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation
from iamglue.catalog.restricting_condition_keys import CallerRestriction
from iamglue.catalog.service_principals import base_service_principal, find_service_principal
from iamglue.catalog.triggers import TriggerFacts, TriggerKind, trigger_facts, trigger_names
from iamglue.findings import Severity
from iamglue.model.account import DeployedFunction, FunctionResourcePolicy
from iamglue.policy.model import Effect

RULE = RoleRule(Severity.SECURITY_WARNING, risk=60)

_S3 = "s3.amazonaws.com"
_ARN, _TOKEN = "aws:sourcearn", "lambda:eventsourcetoken"
_OWNER = frozenset({"aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"})
_OUTSIDE_HELP = "name a source of this account or organization, unless the other account may send the function events"
_Verdict = tuple[str, str, Severity, int]


def check(context: RoleContext, _audit: AuditContext) -> Iterator[RoleViolation]:
    """Yield a violation for each service principal that is allowed without the source condition it needs."""
    for function in context.functions:
        for permissions in function.permissions:
            yield from _violations(function, permissions, context)


def _violations(
    function: DeployedFunction, permissions: FunctionResourcePolicy, context: RoleContext
) -> Iterator[RoleViolation]:
    """Yield a violation for each service that may invoke the function for resources of others."""
    policy = permissions.policy.policy
    for number, statement in enumerate(policy.statements if policy else ()):
        if policy is None or statement.effect is not Effect.ALLOW:
            continue
        for principal in classified_principals(statement):
            verdict = (
                _verdict(principal, principal_constraints(statement, policy), context)
                if principal.kind is PrincipalKind.SERVICE
                else None
            )
            if verdict is None or is_principal_denied(principal, statement, policy):
                continue
            message, instead, severity, risk = verdict
            location = StatementLocation(permissions.policy, number, statement.sid)
            about = (permissions.qualifier or "", principal.text, *statement_contents([location]))
            at = statement_values([location])
            yield RoleViolation(message, instead, function.name, at, severity, risk, about=about)


def _verdict(
    principal: ClassifiedPrincipal, constraints: PrincipalConstraints, context: RoleContext
) -> _Verdict | None:
    """The message, help, severity and risk for a service principal; None if its permission names the source."""
    name = base_service_principal(principal.text)
    facts = _facts_by_principal().get(name)
    anyone = f"`{principal.text}` may invoke the function for any AWS account"
    if facts is not None and "skill" in facts.options:
        if _TOKEN in constraints.keys:
            return None
        return f"{anyone}'s skill", "add `lambda:EventSourceToken` with the skill ID", RULE.severity, RULE.risk
    if outside := format_outside_source(constraints, context.account):
        return f"`{principal.text}` may invoke the function for {outside}", _OUTSIDE_HELP, Severity.WARNING, 20
    if name == _S3:
        return _bucket_verdict(constraints, anyone, context)
    if constraints.has_key_of(CallerRestriction.SOURCE) or not _sends_source(name, facts):
        return None
    wanted = "`aws:SourceArn`" if facts is not None and facts.source_arn else "`aws:SourceAccount`"
    return (
        f"{anyone}: the permission has no condition on the source",
        f"add a condition on {wanted}",
        RULE.severity,
        RULE.risk,
    )


def _bucket_verdict(constraints: PrincipalConstraints, anyone: str, context: RoleContext) -> _Verdict | None:
    """The verdict on S3, whose ARNs have no account: the bucket and its owner must both be named."""
    owned, named = bool(constraints.keys & _OWNER), _ARN in constraints.keys
    if owned and named:
        return None
    if owned:
        named_accounts = ", ".join(f"`{name}`" for name in sorted(constraints.accounts - {context.account.id}))
        message = f"`{_S3}` may invoke the function for any bucket of {named_accounts or 'the account'}"
        return message, "add a condition on `aws:SourceArn` with the ARN of the bucket", Severity.SUGGESTION, 5
    if named:
        message = f"`{_S3}` may invoke the function for a bucket that anyone can create after it is deleted"
        # A template usually creates the bucket too, and deletes the permission with it.
        severity, risk = (Severity.SUGGESTION, 5) if context.account.planned else (Severity.WARNING, 30)
        return message, "add a condition on `aws:SourceAccount` with the account of the bucket", severity, risk
    return f"{anyone}'s bucket", "add conditions on `aws:SourceArn` and `aws:SourceAccount`", RULE.severity, RULE.risk


def _sends_source(name: str, facts: TriggerFacts | None) -> bool:
    """Whether the service sends the ARN or the account of the source."""
    if facts is not None:
        return facts.source_arn or facts.source_account
    known = find_service_principal(name)
    return known is not None and known.sends_source_arn is True


@cache
def _facts_by_principal() -> dict[str, TriggerFacts]:
    """The facts of each service that invokes functions, by its principal."""
    by_principal: dict[str, TriggerFacts] = {}
    for name in trigger_names():
        facts = trigger_facts(name)
        if facts is not None and facts.kind is TriggerKind.PUSH:
            for principal in (facts.principal, facts.smart_home_principal):
                by_principal.setdefault(principal, facts)
    return by_principal
