"""A policy that came by a click, and allows far more than a function needs.

AWS managed policies such as `AmazonDynamoDBFullAccess` are attached because they are at hand; copies of them stand
under other names; and the Lambda console writes policies of its own into the roles that it makes: `oneClick_...`, and
those of its policy templates, some of which cover every table, bucket or key. A table with sources says of each what is
too broad and what would do instead. With a spec, it is counted what of it the functions need.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_

from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.access.statement_location import StatementLocation, policy_span, statement_span
from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation
from iamglue.catalog.broad_policies import (
    BroadPolicy,
    broad_managed_policies,
    find_console_template,
    find_managed_policy_copy,
    is_console_policy_name,
)
from iamglue.engine.solve.action_bitsets import actions_in, element_bitset
from iamglue.findings import Severity
from iamglue.model.account import AttachedPolicy
from iamglue.policy.model import Effect, Policy, Statement

RULE = RoleRule(Severity.WARNING, risk=40, breadth=True)

_CONSOLE = BroadPolicy(
    "", "what the console asked for at a click, on more than the function's own resources", "what the function needs"
)
_SHOWN = 3


def check(case: RoleContext, audit: AuditContext) -> Iterator[RoleViolation]:
    """Every such policy, and every such statement of another one."""
    access = audit.role_access(case)
    for policy in case.role.policies:
        if policy.policy is None:
            continue
        found = _recognised(policy, policy.policy)
        if found is not None:
            what, row = found
            yield from _hit(case, access, policy, policy.policy.statements, what, row)
        elif not policy.is_aws_managed:
            yield from _templates(case, access, policy, policy.policy)


def _recognised(policy: AttachedPolicy, document: Policy) -> tuple[str, BroadPolicy] | None:
    name = f"`{policy.name}`"
    if policy.is_aws_managed:
        row = broad_managed_policies().get(policy.name)
        return None if row is None else (name, row)
    row = find_managed_policy_copy(document) if _is_open(document) else None
    if row is not None:
        return f"{name}, a copy of `{row.name}`,", row
    if policy.arn is None and is_console_policy_name(policy.name):
        return f"{name}, written by the console at a click,", _CONSOLE
    return None


def _is_open(document: Policy) -> bool:
    """Whether it may be one of AWS's: those name no account's resources."""
    return any(
        each.resources is not None and any(value.endswith("*") for value in each.resources.values)
        for each in document.statements
    )


def _templates(
    case: RoleContext, access: RoleAccess, policy: AttachedPolicy, document: Policy
) -> Iterator[RoleViolation]:
    for at, statement in enumerate(document.statements):
        row = find_console_template(statement) if statement.effect is Effect.ALLOW else None
        if row is not None:
            by = StatementLocation(policy, at, statement.sid)
            what = f'{str(by)[:1].upper()}{str(by)[1:]}, of the console\'s template "{row.name}",'
            yield from _hit(case, access, policy, (statement,), what, row, by)


def _hit(
    case: RoleContext,
    access: RoleAccess,
    policy: AttachedPolicy,
    statements: tuple[Statement, ...],
    what: str,
    row: BroadPolicy,
    by: StatementLocation | None = None,
) -> Iterator[RoleViolation]:
    allows = (element_bitset(each.actions) for each in statements if each.effect is Effect.ALLOW)
    mask = reduce(or_, allows, 0) & access.possible_actions
    if not mask or not mask & access.possible_actions_after_denies:
        return  # the boundary, the SCPs or a Deny leave nothing of it
    number = mask.bit_count()
    count = f"{number} action{'s' if number > 1 else ''}"
    if case.required_by_spec and not case.is_spec_inferred:
        unneeded = (mask & ~_needed_mask(case)).bit_count()
        count += f", {unneeded} of them not needed" if unneeded else ", all of them needed, if not on all of that"
    message = f"{what} allows {row.allows}: {count}"
    where = statement_span([by], "", "Resource") if by is not None else policy_span(policy)
    yield RoleViolation(message, help=_help(case, mask, row), span=where)


def _needed_mask(case: RoleContext) -> int:
    return reduce(or_, (element_bitset(each.actions) for each in _needed(case)), 0)


def _needed(case: RoleContext) -> list[Statement]:
    """The statements that the specs of the role's functions ask for."""
    return [
        statement
        for _, bundle in case.required_by_spec
        for part in bundle.policies
        for statement in part.policy.statements
        if statement.effect is Effect.ALLOW
    ]


def _help(case: RoleContext, mask: int, row: BroadPolicy) -> str:
    if not case.required_by_spec or case.is_spec_inferred:
        return f"allow instead: {row.alternative}"
    wanted = [text for each in _needed(case) for text in _words(each, mask)]
    if not wanted:
        return "take it away: the functions need nothing of it"
    more = f" and {len(wanted) - _SHOWN} more" if len(wanted) > _SHOWN else ""
    return f"allow instead what is needed: {'; '.join(wanted[:_SHOWN])}{more}"


def _words(statement: Statement, mask: int) -> Iterator[str]:
    """What of a needed statement a policy gives, in words."""
    names = sorted(str(action) for action in actions_in(element_bitset(statement.actions) & mask))
    if names and statement.resources is not None:
        resources = ", ".join(f"`{value}`" for value in statement.resources.values[:_SHOWN])
        yield f"{', '.join(f'`{name}`' for name in names)} on {resources}"
