"""Build the context of each role: its functions and what they need, from what was read and declared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import Account, DeployedFunction, Role
from iamglue.model.lazy_permission_sets import LazyPermissionSets
from iamglue.model.role_context import RoleContext
from iamglue.model.usage import Usage

if TYPE_CHECKING:  # startup: only what is read of specs needs them
    from iamglue.model.spec import SpecFunction

# Only AWS creates and changes these roles, so the account owner could not fix a finding.
_OF_AWS = "/aws-service-role/"


@dataclass(frozen=True, slots=True)
class AuditSelection:
    """The selected functions and roles, by name or ARN; if both are empty, everything that was read."""

    functions: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()

    def includes(self, role: Role, functions: Sequence[DeployedFunction]) -> bool:
        """Whether a role with its functions is selected."""
        if not self.functions and not self.roles:
            return not role.path.startswith(_OF_AWS)
        named = {name for each in functions for name in (each.name, each.arn)}
        return bool({role.name, role.arn} & self.roles or named & self.functions)


@dataclass(slots=True)
class RoleContexts:
    """The role contexts, and what could not be evaluated."""

    contexts: list[RoleContext] = field(default_factory=list)
    not_evaluated: list[NotEvaluated] = field(default_factory=list)

    def record_not_evaluated(self, subject: Subject, what: str, reason: str) -> None:
        """Record something selected that could not be evaluated."""
        self.not_evaluated.append(NotEvaluated(NotEvaluatedKind.FAILED, subject, what, reason))


def build_role_contexts(
    accounts: Sequence[Account], specs: Sequence[SpecFunction], usage: Usage, chosen: AuditSelection
) -> RoleContexts:
    """The contexts of all selected roles, in the order of the accounts and roles."""
    found = RoleContexts()
    for account in accounts:
        _of_account(account, specs, usage, chosen, found)
    _note_absent(accounts, specs, chosen, found)
    return found


def _of_account(
    account: Account, specs: Sequence[SpecFunction], usage: Usage, chosen: AuditSelection, found: RoleContexts
) -> None:
    running: dict[str, list[DeployedFunction]] = {}
    for function in account.functions:
        running.setdefault(function.role_arn, []).append(function)
    for role in account.roles:
        functions = tuple(running.pop(role.arn, ()))
        if chosen.includes(role, functions):
            found.contexts.append(_case(role, functions, account, specs, usage, chosen, found))
    for arn, functions_of_it in running.items():
        for each in functions_of_it:
            if not chosen.functions & {each.name, each.arn} and (chosen.functions or chosen.roles):
                continue
            reason = f"its role `{arn}` was not read"
            found.record_not_evaluated(Subject("function", each.name, each.arn), f"the access of `{each.name}`", reason)


def _case(
    role: Role,
    functions: tuple[DeployedFunction, ...],
    account: Account,
    specs: Sequence[SpecFunction],
    usage: Usage,
    chosen: AuditSelection,
    found: RoleContexts,
) -> RoleContext:
    if not functions and not specs:
        return RoleContext(role, functions, account, usage)
    from iamglue.audit.required_permissions import permissions_from_configuration, permissions_from_specs  # noqa: PLC0415 - startup: many exports contain only roles

    declared = tuple(permissions_from_specs(specs, role, functions, account, chosen.roles, found.record_not_evaluated))
    if not functions:
        return RoleContext(role, functions, account, usage, declared)
    configured = LazyPermissionSets(partial(permissions_from_configuration, functions, account))
    return RoleContext(role, functions, account, usage, declared or configured, not declared, configured)


def _note_absent(
    accounts: Sequence[Account], specs: Sequence[SpecFunction], chosen: AuditSelection, found: RoleContexts
) -> None:
    """Record selected functions, roles and specs that were not read."""
    functions = [each for account in accounts for each in account.functions]
    known = {name for each in functions for name in (each.name, each.arn)}
    for name in sorted(chosen.functions - known):
        found.record_not_evaluated(Subject("function", name), f"the function `{name}`", "it was not read")
    roles = {name for account in accounts for each in account.roles for name in (each.name, each.arn)}
    for name in sorted(chosen.roles - roles):
        found.record_not_evaluated(Subject("role", name), f"the role `{name}`", "it was not read")
    declared = {name for case in found.contexts if not case.is_spec_inferred for name, _ in case.required_by_spec}
    tried = {gap.subject.name for gap in found.not_evaluated}
    for spec in specs:
        wanted = not (chosen.functions or chosen.roles) or spec.name in chosen.functions
        if wanted and spec.name not in declared | tried:
            reason = "no function of this name, Region and account was read"
            found.record_not_evaluated(
                Subject("function", spec.name), f"what the spec declares for `{spec.name}`", reason
            )
