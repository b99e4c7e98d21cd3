"""The input and output of an audit: a role with its functions and required access, and the result for each role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from iamglue.findings import Finding, NotEvaluated, Report
from iamglue.model.account import Account, AttachedPolicy, DeployedFunction, Role
from iamglue.model.escalation_map import PrincipalRoutes
from iamglue.model.usage import Usage
from iamglue.policy.model import Policy

if TYPE_CHECKING:  # startup: only code that reads specs needs it
    from iamglue.model.difference import PolicyDiff
    from iamglue.model.permission_set import ExplainedStatement, PermissionSet


_LITTLE_RISK = 10


@dataclass(frozen=True, slots=True, eq=False)
class RoleContext:
    """One role as the rules see it, with the functions that use it and the access that they require.

    `required_by_spec` has the permission set of each function with a spec, by name. `is_spec_inferred`: the spec was
    inferred from the function's configuration, because none was declared. `required_by_configuration` has the
    statements that each function needs by its configuration alone, whether or not a spec exists. `cases` has the role
    as each case of the account has it, if the account has cases. `has_known_tags` is false if the policies of the role
    are all that is known of it.
    """

    role: Role
    functions: tuple[DeployedFunction, ...]
    account: Account
    usage: Usage
    required_by_spec: Sequence[tuple[str, PermissionSet]] = ()
    is_spec_inferred: bool = False
    required_by_configuration: Sequence[tuple[str, tuple[ExplainedStatement, ...]]] = ()
    cases: tuple[RoleContext, ...] = ()
    has_known_tags: bool = True

    @property
    def limits(self) -> tuple[tuple[AttachedPolicy, ...], ...]:
        """The boundary and the SCP levels: each must allow a request in addition to the role's own policies."""
        boundary = ((self.role.boundary,),) if self.role.boundary else ()
        return (*boundary, *(self.account.scps or ()))

    @property
    def unknown_policies(self) -> tuple[NotEvaluated, ...]:
        """Why policies of the role may be missing from `role`: nothing is known of them, not even their names."""
        names = (self.role.name, self.role.arn)
        return tuple(gap for gap in self.account.gaps if gap.policies_unknown and gap.subject.name in names)


@dataclass(frozen=True, slots=True)
class RoleReplacement:
    """The proposed policies of a role: documents by name, and remarks about the change.

    `proved` lists what was proved, in words: that the policies allow everything that is declared and nothing that was
    not granted before. `added_statements` are the statements that they add because the functions need them and the role
    does not have them. `actions_before` and `actions_after` count the known actions that the role's policies allow.
    `detach` has ARNs of attached policies, `delete` names of inline ones; the new policies are inline unless `managed`.
    `difference` has the access that is added and removed.
    """

    policies: tuple[tuple[str, Policy], ...]
    detach: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    actions_before: int = 0
    actions_after: int = 0
    proved: tuple[str, ...] = ()
    unproved: tuple[str, ...] = ()
    added_statements: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    managed: bool = False
    difference: PolicyDiff | None = None


@dataclass(frozen=True, slots=True)
class RoleResult:
    """The result for one role: findings, most severe first, and counts of actions; `risk` is from 0 to 100.

    `used_count` counts the known actions that are recorded as used: there may be more. None if nothing is known.
    `rule_risks` is what each rule adds to the risk.
    """

    context: RoleContext
    findings: tuple[Finding, ...] = ()
    risk: int = 0
    granted_count: int = 0
    required_count: int | None = None
    replacement: RoleReplacement | None = None
    used_count: int | None = None
    rule_risks: Mapping[str, int] = field(default_factory=dict)

    def risky_first(self) -> tuple[Finding, ...]:
        """The findings, most severe first, but those that add little to the risk last: access that is missing."""
        return tuple(sorted(self.findings, key=lambda finding: self.rule_risks.get(finding.rule, 0) <= _LITTLE_RISK))


@dataclass(frozen=True, slots=True)
class AuditResult:
    """The result for all selected roles; `report` has every finding and what was not evaluated.

    `routes` is what each role, and perhaps each user, can become; None if it was not determined.
    """

    role_results: tuple[RoleResult, ...]
    report: Report
    accounts: tuple[Account, ...] = field(default=())
    routes: tuple[PrincipalRoutes, ...] | None = None
