"""What an audit judges and what it says: a role with its functions and needs, and the answer for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from iamglue.findings import Finding, Report
from iamglue.model.account import Account, AttachedPolicy, DeployedFunction, Role
from iamglue.model.usage import Usage
from iamglue.policy.model import Policy

if TYPE_CHECKING:  # startup: only what is read of specs needs them
    from iamglue.model.difference import PolicyDiff
    from iamglue.model.permission_set import PermissionSet


@dataclass(frozen=True, slots=True, eq=False)
class RoleContext:
    """One role as the rules see it: with the functions that run as it, and what their specs declare.

    `needed` has the bundle of each function that a spec declares, by its name; `inferred` says that the spec was
    inferred from the function's own configuration and nobody has declared anything. `configured` has the bundle of
    each function by its configuration alone, whatever is declared; an inferred case needs the same.
    """

    role: Role
    functions: tuple[DeployedFunction, ...]
    account: Account
    usage: Usage
    required_by_spec: Sequence[tuple[str, PermissionSet]] = ()
    is_spec_inferred: bool = False
    required_by_configuration: Sequence[tuple[str, PermissionSet]] = ()

    @property
    def limits(self) -> tuple[tuple[AttachedPolicy, ...], ...]:
        """The boundary and the levels of SCPs: each must allow a request besides the role's own policies."""
        boundary = ((self.role.boundary,),) if self.role.boundary else ()
        return (*boundary, *(self.account.scps or ()))


@dataclass(frozen=True, slots=True)
class RoleReplacement:
    """What a role's policies should be: documents by name, and what is said about the change.

    `proved` says in words what was proved: that it allows all that is declared, and nothing that was not granted;
    `added` are the statements that it grants besides, because the functions need them and the role lacks them.
    `before` and `after` count the actions of today that the role's policies allow. `detach` has ARNs of attached
    policies, `delete` names of inline ones; the new ones are inline unless `managed`. `difference` tells what comes
    and what goes.
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
    """The answer for one role: findings, gravest first; `risk` from 0 to 100; `granted` counts the actions allowed."""

    context: RoleContext
    findings: tuple[Finding, ...] = ()
    risk: int = 0
    granted_count: int = 0
    required_count: int | None = None
    replacement: RoleReplacement | None = None


@dataclass(frozen=True, slots=True)
class AuditResult:
    """The answer for all roles that were asked about; `report` has every finding and what was not evaluated."""

    role_results: tuple[RoleResult, ...]
    report: Report
    accounts: tuple[Account, ...] = field(default=())
