"""Who the trust policy of a role lets in, other than the roles and users of its account.

The roles and users of the account are left to `steps`, which also evaluates their own policies.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.audit.access.statement_location import StatementLocation
from iamglue.audit.escalation.trust import trusts_service
from iamglue.audit.escalation.wording import trust_statement
from iamglue.engine.solve.action_bitsets import element_bitset, patterns_bitset
from iamglue.model.account import Role
from iamglue.model.escalation_map import TrustedKind, TrustedPrincipal
from iamglue.policy.arns import parse_arn
from iamglue.policy.model import Effect, Principal, Principals, Statement

_ASSUMING = ("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")


def trusted_principals(role: Role) -> Iterator[TrustedPrincipal]:
    """The services, accounts, identity providers and principals of other accounts that a role trusts."""
    if role.trust.policy is None:
        return
    denied = any(
        statement.effect is Effect.DENY and _is_about_assuming(statement) for statement in role.trust.policy.statements
    )
    for number, statement in enumerate(role.trust.policy.statements):
        if statement.effect is not Effect.ALLOW or statement.principals is None or not _is_about_assuming(statement):
            continue
        location = StatementLocation(role.trust, number, statement.sid)
        for kind, name in dict.fromkeys(_outside_principals(statement.principals, role)):
            if kind is TrustedKind.SERVICE and not trusts_service(role, name):
                continue
            unknown = _unknown(statement, denied=denied and kind is not TrustedKind.SERVICE)
            yield TrustedPrincipal(kind, name, trust_statement(role, location), unknown)


def _unknown(statement: Statement, *, denied: bool) -> str:
    """Why it is not certain that the principals of a statement may assume the role."""
    if denied:
        return "a Deny of the trust policy may apply"
    return "the statement has conditions" if statement.conditions else ""


def _is_about_assuming(statement: Statement) -> bool:
    return bool(element_bitset(statement.actions) & patterns_bitset(_ASSUMING))


def _outside_principals(principals: Principals, role: Role) -> Iterator[tuple[TrustedKind, str]]:
    """Yield the kind and name of each principal, without the roles and users of the role's account."""
    if principals.negated:
        yield TrustedKind.EVERYONE, f"everyone except {', '.join(value.value for value in principals.values)}"
        return
    for principal in principals.values:
        yield from _outside_principal(principal, role)


def _outside_principal(principal: Principal, role: Role) -> Iterator[tuple[TrustedKind, str]]:
    """Yield the kind and name of one principal; nothing for the role's account, its roles and its users."""
    value = principal.value
    if value == "*":
        yield TrustedKind.EVERYONE, "everyone"
    elif principal.kind == "Service":
        yield TrustedKind.SERVICE, value
    elif principal.kind == "Federated":
        yield TrustedKind.IDENTITY_PROVIDER, value
    else:
        account = value if value.isdecimal() else _arn_account(value)
        if account == role.account:
            return
        is_whole = value.isdecimal() or value.endswith(":root")
        yield (TrustedKind.ACCOUNT, account) if is_whole and account else (TrustedKind.PRINCIPAL, value)


def _arn_account(principal: str) -> str:
    """The account of a principal's ARN; empty for a principal that is no ARN, such as the ID of a deleted role."""
    arn = parse_arn(principal)
    return "" if arn is None else arn.account
