"""A role for Lambda that no function runs as, and that nothing used for 90 days.

A principal that may pass roles to Lambda (`iam:PassRole`) can create a function with the access of such a role,
although no function needs it. A role is reported if it trusts Lambda, if no function that was read runs as it, and if
AWS, which keeps the last use for 400 days, reports none in the last 90 days. Newer roles are not reported. Functions of
other Regions are not read: look for them before you delete the role. Nothing is reported from templates, whose roles
may belong to functions elsewhere.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage_delete.html
https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleLastUsed.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.audit.access.statement_principals import trusts_lambda
from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation
from iamglue.engine.evaluate.numbers_and_dates import parse_timestamp
from iamglue.findings import Severity

RULE = RoleRule(Severity.SUGGESTION, risk=5)

_UNUSED_SECONDS = 90 * 24 * 60 * 60


def check(context: RoleContext, _audit: AuditContext) -> Iterator[RoleViolation]:
    """Yield a violation if Lambda may assume the role, and no function and no recent use of it is known."""
    role, account, policy = context.role, context.account, context.role.trust.policy
    if context.functions or context.required_by_spec or account.planned or not account.functions:
        return
    if policy is None or not trusts_lambda(policy) or not _is_unused(context):
        return
    used = f"its last use was on {role.last_used[:10]}" if role.last_used else "AWS reports no use of it"
    yield RoleViolation(
        f"Lambda may assume the role, but no function that was read runs as it, and {used}",
        "delete the role if no function of any Region runs as it",
        about=(),
    )


def _is_unused(context: RoleContext) -> bool:
    """Whether the role is older than 90 days and was not used since; False if its age is not known."""
    newest, now = context.role.last_used or context.role.created, context.account.evaluation_time
    if newest is None or now is None:
        return False
    used_at, read_at = parse_timestamp(newest), parse_timestamp(now)
    return used_at is not None and read_at is not None and read_at - used_at > _UNUSED_SECONDS
