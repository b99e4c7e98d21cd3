"""The rules of rule files on roles: what a role may do by all its policies, within its boundary and SCPs."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.access.role_grants import caller_conditions, find_role_grants
from iamglue.audit.access.statement_location import statement_contents, statement_values
from iamglue.audit.installed_rules import InstalledRoleRule
from iamglue.audit.rule import AuditContext, RoleRuleModule, RoleViolation, UndecidedCheck
from iamglue.audit.rule_subject import role_arn, rule_subject
from iamglue.findings import NotEvaluatedKind
from iamglue.lint.own_rules.forbidden_by_rule import allows_role, forbidden_requests
from iamglue.lint.own_rules.policy_check import describe_request, violation_message
from iamglue.model.own_rule_set import OwnRules
from iamglue.model.own_rules import OwnRule, OwnRuleKind
from iamglue.model.role_context import RoleContext
from iamglue.model.rule import RoleRule
from iamglue.policy.parsed_policy import PolicyType
from iamglue.risk.forbidden_requests import ForbiddenGrant

_KINDS = (OwnRuleKind.DENY_ACTIONS, OwnRuleKind.RESTRICT_RESOURCES, OwnRuleKind.REQUIRE_CONDITIONS)


def role_rules_of(own_rules: OwnRules) -> Iterator[tuple[str, RoleRuleModule]]:
    """The rules about the access of roles, by their names."""
    for rule in own_rules.rules:
        if rule.kind in _KINDS and PolicyType.IDENTITY in rule.types:
            yield rule.slug, OwnRoleRule(rule)
    for installed in own_rules.installed:
        yield installed.slug, InstalledRoleRule(installed)


class OwnRoleRule:
    """A rule of a rule file as a rule of `audit`. It adds nothing to a role's risk, which is comparable that way."""

    def __init__(self, rule: OwnRule) -> None:
        self.RULE = RoleRule(rule.severity, 0)
        self.__doc__ = rule.url or ""
        self._rule = rule

    def check(self, context: RoleContext, audit: AuditContext, /) -> Iterator[RoleViolation | UndecidedCheck]:
        """Yield a violation for each statement of the role's policies that allows what the rule forbids."""
        rule, access = self._rule, audit.role_access(context)
        if rule.is_excepted(rule_subject(context)):
            return
        if rule.kind is OwnRuleKind.RESTRICT_RESOURCES and _is_allowed_role(rule, context):
            return
        statements = [term.statement for layer in (access.identity_layer, *access.limits) for term in layer.terms]
        facts = caller_conditions(access, statements, rule.conditions)
        for grant in find_role_grants(access, forbidden_requests(rule, statements, facts=facts)):
            yield self._result(grant, context, access)

    def _result(
        self, grant: ForbiddenGrant, context: RoleContext, access: RoleAccess
    ) -> RoleViolation | UndecidedCheck:
        """A violation with an example, or why the rule is not decided for this statement."""
        rule, location = self._rule, access.identity_layer.statement_location(grant.term)
        what = f"the rule {rule.slug} at {location}"
        if grant.witness is None:
            kind = NotEvaluatedKind.of(is_failure=grant.is_failure)
            return UndecidedCheck(what, grant.reason, kind=kind)
        if rule.kind is OwnRuleKind.RESTRICT_RESOURCES and (reason := _unknown_role(rule, context)):
            return UndecidedCheck(
                what, f"it allows {describe_request(grant.witness)}: {reason}", kind=NotEvaluatedKind.UNDECIDABLE
            )
        return RoleViolation(
            violation_message(rule, f"{location} allows", grant),
            help=rule.help,
            location=statement_values((location,), grant.witness.action),
            about=statement_contents((location,)),
        )


def _is_allowed_role(rule: OwnRule, context: RoleContext) -> bool:
    """Whether a rule allows the role for certain, by its ARN, its account or its organization."""
    return allows_role(rule, role_arn(context)) is True or context.account.organization in rule.organizations


def _unknown_role(rule: OwnRule, context: RoleContext) -> str:
    """Why it is not known whether a rule allows the role; empty if it does not allow it."""
    if allows_role(rule, role_arn(context)) is None:
        return f"the ARN of the role, `{context.role.arn}`, is known only at deployment"
    organization = context.account.organization
    if rule.organizations and organization is None:
        return "the organization of the account is not known"
    if any(text.startswith(f"{organization}/") for text in rule.organizations):
        return "the organizational unit of the account is not known"
    return ""
