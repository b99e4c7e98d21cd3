"""Build the context of each role: its functions and what they need, from what was read and declared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import Account, DeployedFunction, Role
from iamglue.model.escalation_map import RouteOwners
from iamglue.model.lazy_requirements import LazyRequirements
from iamglue.model.role_context import RoleContext
from iamglue.model.usage import Usage

if TYPE_CHECKING:  # startup: only what is read of specs needs them
    from iamglue.model.spec import SpecFunction

# Only AWS creates and changes these roles, so the account owner could not fix a finding.
_OF_AWS = "/aws-service-role/"


@dataclass(frozen=True, slots=True)
class AuditSelection:
    """The selected functions and roles, by name or ARN; if both are empty, everything that was read.

    `routes_of` selects whose routes are found: what these can become.
    """

    functions: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    routes_of: RouteOwners = RouteOwners.NONE

    def includes(self, role: Role, functions: Sequence[DeployedFunction]) -> bool:
        """Whether a role with its functions is selected."""
        if not self.functions and not self.roles:
            return not role.path.startswith(_OF_AWS)
        named = {name for function in functions for name in (function.name, function.arn)}
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
    accounts: Sequence[Account], specs: Sequence[SpecFunction], usage: Usage, selection: AuditSelection
) -> RoleContexts:
    """The contexts of all selected roles, in the order of the accounts and roles."""
    result = RoleContexts()
    for account in accounts:
        contexts = _account_contexts(account, specs, usage, selection, result)
        cases = [_account_contexts(case, specs, usage, selection, result) for case in account.cases]
        result.contexts += (_with_cases(context, cases) for context in contexts)
    _record_absent(accounts, specs, selection, result)
    return result


def _account_contexts(
    account: Account, specs: Sequence[SpecFunction], usage: Usage, selection: AuditSelection, result: RoleContexts
) -> list[RoleContext]:
    """The contexts of the selected roles of one account; records in `result` what could not be evaluated."""
    contexts: list[RoleContext] = []
    running: dict[str, list[DeployedFunction]] = {}
    for function in account.functions:
        running.setdefault(function.role_arn, []).append(function)
    for role in account.roles:
        functions = tuple(running.pop(role.arn, ()))
        if selection.includes(role, functions):
            contexts.append(_build_context(role, functions, account, specs, usage, selection, result))
    for arn, functions_of_it in running.items() if not account.cases else ():
        for deployed in functions_of_it:
            if not selection.functions & {deployed.name, deployed.arn} and (selection.functions or selection.roles):
                continue
            reason = f"its role `{arn}` was not read"
            result.record_not_evaluated(
                Subject("function", deployed.name, deployed.arn), f"the access of `{deployed.name}`", reason
            )
    return contexts


def _with_cases(context: RoleContext, cases: Sequence[Sequence[RoleContext]]) -> RoleContext:
    """The context of a role with those that it has in each case; in some cases there may be no such role."""
    if not cases:
        return context
    of_role = (candidate for case in cases for candidate in case if candidate.role.arn == context.role.arn)
    return replace(context, cases=tuple(of_role))


def _build_context(
    role: Role,
    functions: tuple[DeployedFunction, ...],
    account: Account,
    specs: Sequence[SpecFunction],
    usage: Usage,
    selection: AuditSelection,
    result: RoleContexts,
) -> RoleContext:
    """A role with what its functions need: by the specs, and by their configuration, computed when needed."""
    if not functions and not specs:
        return RoleContext(role, functions, account, usage)
    # startup: many exports contain only roles
    from iamglue.audit.required_permissions import (  # noqa: PLC0415
        permissions_from_configuration,
        permissions_from_specs,
        statements_from_configuration,
    )

    declared = tuple(
        permissions_from_specs(specs, role, functions, account, selection.roles, result.record_not_evaluated)
    )
    if not functions:
        return RoleContext(role, functions, account, usage, declared)
    inferred = LazyRequirements(partial(permissions_from_configuration, functions, account))
    configured = LazyRequirements(partial(statements_from_configuration, functions, account))
    return RoleContext(role, functions, account, usage, declared or inferred, not declared, configured)


def _record_absent(
    accounts: Sequence[Account], specs: Sequence[SpecFunction], selection: AuditSelection, result: RoleContexts
) -> None:
    """Record selected functions, roles and specs that were not read."""
    functions = [function for account in accounts for function in account.functions]
    known = {name for function in functions for name in (function.name, function.arn)}
    for name in sorted(selection.functions - known):
        result.record_not_evaluated(Subject("function", name), f"the function `{name}`", "it was not read")
    roles = {name for account in accounts for role in account.roles for name in (role.name, role.arn)}
    for name in sorted(selection.roles - roles):
        result.record_not_evaluated(Subject("role", name), f"the role `{name}`", "it was not read")
    declared = {
        name for context in result.contexts if not context.is_spec_inferred for name, _ in context.required_by_spec
    }
    tried = {entry.subject.name for entry in result.not_evaluated}
    for spec in specs:
        wanted = not (selection.functions or selection.roles) or spec.name in selection.functions
        if wanted and spec.name not in declared | tried:
            reason = "no function of this name, Region and account was read"
            result.record_not_evaluated(
                Subject("function", spec.name), f"what the spec declares for `{spec.name}`", reason
            )
