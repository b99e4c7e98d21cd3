"""Principals other than Lambda may assume a function's role.

The trust policy of a function's role names `lambda.amazonaws.com`, and `edgelambda.amazonaws.com` for Lambda@Edge. Any
other principal that it names can use all the access of the function without the function. Another service is one more
way in. A user or role of the account may be intended, for debugging, and is often forgotten. Another account, or
everyone, is external access. Conditions count if they restrict the caller to an organization, an account or a
principal. An external ID protects an honest third party from being misled; it does not restrict who calls.

For roles that no function runs as and that do not trust Lambda, only external principals are reported, and roles of the
account that the trust policy names: they need no policy of their own, and are reported if they get more access by it.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamglue.audit.access.statement_location import StatementLocation, statement_contents, statement_values
from iamglue.audit.access.statement_principals import (
    EXTERNAL_ID,
    LAMBDA_SERVICES,
    ClassifiedPrincipal,
    PrincipalConstraints,
    PrincipalKind,
    classified_principals,
    is_principal_denied,
    principal_constraints,
    trusts_lambda,
)
from iamglue.audit.escalation.targets import PrivilegeLevel
from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation
from iamglue.catalog.restricting_condition_keys import CallerRestriction
from iamglue.catalog.service_principals import base_service_principal
from iamglue.engine.solve.action_bitsets import pattern_bitset, patterns_bitset
from iamglue.findings import Severity
from iamglue.policy.model import Effect, Statement

RULE = RoleRule(Severity.WARNING, risk=100)

_ASSUME = "sts:AssumeRole*"
_Verdict = tuple[str, Severity, int, str]
_ELSE = "remove it from the trust policy, or create another role for it"
_NAME = "name the roles or users in `Principal`, and restrict them with a condition on `aws:PrincipalOrgID`"


def check(context: RoleContext, audit: AuditContext) -> Iterator[RoleViolation]:
    """Yield a violation for each principal other than Lambda that may assume the role."""
    policy = context.role.trust.policy
    if policy is None:
        return
    is_lambda_role = bool(context.functions) or trusts_lambda(policy)
    by_trust = audit.access_by_trust(context)
    reported: set[str] = set()
    for number, statement in enumerate(policy.statements):
        if statement.effect is not Effect.ALLOW or not _allows_assuming(statement):
            continue
        for principal in classified_principals(statement):
            verdict = (
                None
                if is_principal_denied(principal, statement, policy)
                else _verdict_on_trusted(principal, by_trust, is_lambda_role)
                or _verdict(principal, principal_constraints(statement, policy), context, is_lambda_role)
            )
            if verdict is not None and verdict[0] not in reported:
                reported.add(verdict[0])
                message, severity, risk, instead = verdict
                location = StatementLocation(context.role.trust, number, statement.sid)
                yield RoleViolation(
                    message,
                    instead,
                    location=statement_values([location]),
                    severity=severity,
                    risk=risk,
                    about=(principal.text, *statement_contents([location])),
                )


def _allows_assuming(statement: Statement) -> bool:
    """Whether the statement is about `sts:AssumeRole`; calls with tokens of a provider are not counted."""
    wanted = pattern_bitset(_ASSUME)
    mask = patterns_bitset(statement.actions.values)
    return bool(wanted & ~mask if statement.actions.negated else wanted & mask)


def _verdict_on_trusted(
    principal: ClassifiedPrincipal, by_trust: Mapping[str, PrivilegeLevel], is_lambda_role: bool
) -> _Verdict | None:
    """The verdict on a role of this account that the trust policy lets in without a policy of its own."""
    privilege = by_trust.get(principal.text)
    if privilege is None:
        return None
    lets_in = f"`{principal.text}` may assume the role, for which the trust policy suffices, and then"
    if privilege is PrivilegeLevel.ADMINISTRATOR:
        return f"{lets_in} has or can obtain administrator access", Severity.SECURITY_WARNING, 90, _ELSE
    if is_lambda_role:  # any other principal than Lambda is reported
        return None
    return f"{lets_in} has more access than by its own policies", Severity.SUGGESTION, 15, _ELSE


def _verdict(
    principal: ClassifiedPrincipal, constraints: PrincipalConstraints, context: RoleContext, is_lambda_role: bool
) -> _Verdict | None:
    """The message, severity, risk and help for a principal; None if it may assume the role."""
    if principal.kind is PrincipalKind.EVERYONE:
        return _verdict_on_everyone(principal, constraints, context)
    if principal.account is not None and principal.kind is not PrincipalKind.FEDERATED:
        return _verdict_on_named(principal, constraints, context, is_lambda_role)
    if (
        not is_lambda_role
        or principal.kind is PrincipalKind.OTHER
        or base_service_principal(principal.text) in LAMBDA_SERVICES
    ):
        return None
    if principal.kind is PrincipalKind.SERVICE:
        return f"`{principal.text}` may assume the role in addition to Lambda", Severity.WARNING, 20, _ELSE
    return (
        f"users of the identity provider `{principal.text}` may assume the role in addition to Lambda",
        Severity.WARNING,
        40,
        _ELSE,
    )


def _verdict_on_everyone(
    principal: ClassifiedPrincipal, constraints: PrincipalConstraints, context: RoleContext
) -> _Verdict:
    """The message and its severity for `*`, which conditions may limit to callers or to networks."""
    who = "everyone except the principals in `NotPrincipal`" if principal.text != "*" else "everyone"
    if constraints.is_within(context.account):
        return f"{who} of the account or organization may assume the role", Severity.WARNING, 40, _NAME
    if constraints.has_key_of(CallerRestriction.CALLER):
        named = ", ".join(f"`{name}`" for name in sorted(constraints.organizations | constraints.accounts))
        message = f"{who} in {named or 'what a condition names'} may assume the role"
        return message, Severity.SECURITY_WARNING, 60, _NAME
    if constraints.has_key_of(CallerRestriction.NETWORK):
        message = f"{who} may assume the role from the networks in a condition"
        return message, Severity.SECURITY_WARNING, 70, _NAME
    return f"{who} may assume the role, from any AWS account", Severity.SECURITY_WARNING, 100, _NAME


def _verdict_on_named(
    principal: ClassifiedPrincipal, constraints: PrincipalConstraints, context: RoleContext, is_lambda_role: bool
) -> _Verdict | None:
    """The verdict on a user, role or account: of this account, of the organization, or external."""
    what = (
        f"the whole account `{principal.account}`" if principal.kind is PrincipalKind.ACCOUNT else f"`{principal.text}`"
    )
    if principal.account == context.role.account:
        if not is_lambda_role:
            return None
        message = f"{what} may assume the role in addition to Lambda, and then has the function's access"
        return message, Severity.WARNING, 15, "remove it from the trust policy once it is not needed"
    if constraints.organizations and constraints.organizations <= {context.account.organization}:
        return f"{what} of the organization may assume the role", Severity.WARNING, 30, _NAME
    outside = f"{what} may assume the role from another account"
    if EXTERNAL_ID in constraints.keys:
        return f"{outside}, with an external ID", Severity.WARNING, 40, _NAME
    return outside, Severity.SECURITY_WARNING, 60, _NAME
