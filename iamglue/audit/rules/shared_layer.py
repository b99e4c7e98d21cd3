"""Other accounts, or everyone, may use a layer version that a function runs.

A principal that may use a layer version may download it, and read the code and everything else that is in it. A layer
version becomes public if its policy names everyone (`*`) without a condition on the organization. An audit of an
account reads the policies of the versions of its own layers that its functions use; in a template, `iamglue lint`
reports a public layer version as `public-access`. Principals of the organization are not reported.

https://docs.aws.amazon.com/lambda/latest/dg/permissions-layer-cross-account.html
https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.audit.access.statement_location import StatementLocation, statement_contents, statement_values
from iamglue.audit.access.statement_principals import (
    ClassifiedPrincipal,
    PrincipalKind,
    classified_principals,
    is_principal_denied,
    principal_constraints,
)
from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation
from iamglue.findings import Severity
from iamglue.model.account import AttachedPolicy
from iamglue.policy.model import Effect, Policy, Statement

RULE = RoleRule(Severity.WARNING, risk=20)

_HELP = "remove the statement, or name the accounts that use the layer"
_ANYONE = "everyone with an AWS account"
_EXTERNAL = (PrincipalKind.ACCOUNT, PrincipalKind.IDENTITY)


def check(context: RoleContext, _audit: AuditContext) -> Iterator[RoleViolation]:
    """Yield a violation for each statement that lets others use a layer version of a function."""
    policies = dict(context.account.resource_policies)
    for function in context.functions:
        for arn in function.layers:
            attached = policies.get(arn)
            if attached is not None and attached.policy is not None:
                yield from _violations(context, function.name, arn, attached, attached.policy)


def _violations(
    context: RoleContext, function: str, arn: str, attached: AttachedPolicy, policy: Policy
) -> Iterator[RoleViolation]:
    """Yield a violation for each principal of other accounts that may use the layer version."""
    for number, statement in enumerate(policy.statements):
        for principal in classified_principals(statement) if statement.effect is Effect.ALLOW else ():
            who = _principal_text(principal, statement, policy, context)
            if who is None or is_principal_denied(principal, statement, policy):
                continue
            location = StatementLocation(attached, number, statement.sid)
            is_public = who == _ANYONE
            yield RoleViolation(
                f"{who} may use and download the layer version `{arn}`",
                _HELP,
                function,
                statement_values([location]),
                Severity.SECURITY_WARNING if is_public else None,
                50 if is_public else None,
                about=(arn, principal.text, *statement_contents([location])),
            )


def _principal_text(
    principal: ClassifiedPrincipal, statement: Statement, policy: Policy, context: RoleContext
) -> str | None:
    """Who is let in from outside the account and its organization, as text; None if nobody is."""
    constraints = principal_constraints(statement, policy)
    if constraints.is_within(context.account):
        return None
    if principal.kind is PrincipalKind.EVERYONE:
        named = ", ".join(f"`{name}`" for name in sorted(constraints.organizations | constraints.accounts))
        return f"everyone in {named}" if named else _ANYONE
    if principal.kind not in _EXTERNAL or principal.account == context.account.id:
        return None
    whole = principal.kind is PrincipalKind.ACCOUNT
    return f"the account `{principal.account}`" if whole else f"`{principal.text}` of another account"
