"""What exceptions of an organization's own rules know of a role."""

from __future__ import annotations

from iamglue.model.own_rules import RuleSubject
from iamglue.model.role_context import RoleContext
from iamglue.policy.patterns.variables import PARTITION_PARAMETER


def rule_subject(context: RoleContext) -> RuleSubject:
    """A role with its functions and account; its path is that of the template that declares it."""
    role = context.role
    return RuleSubject(
        None if role.origin is None else role.origin.node.path,
        (role.name, role.arn),
        tuple(function.name for function in context.functions),
        role.account,
    )


def role_arn(context: RoleContext) -> str:
    """The ARN of a role; of that of a template, the partition is known and other parts may be parameters."""
    return context.role.arn.replace(PARTITION_PARAMETER, context.account.partition)
