"""From what was read and declared to the cases of an audit: each role with its functions and what they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from iamglue.findings import Gap, NotEvaluated, Subject
from iamglue.model.account import Account, DeployedFunction, Role
from iamglue.model.lazy_permission_sets import LaterBundles
from iamglue.model.role_context import Case
from iamglue.model.usage import Usage

if TYPE_CHECKING:  # startup: only what is read of specs needs them
    from iamglue.model.spec import Function

# Only AWS makes and changes these roles; nothing of them is for the account's owner to mend.
_OF_AWS = "/aws-service-role/"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was asked for: names or ARNs of functions and of roles. Neither: everything that was read."""

    functions: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()

    def takes(self, role: Role, functions: Sequence[DeployedFunction]) -> bool:
        """Whether a role with its functions was asked for."""
        if not self.functions and not self.roles:
            return not role.path.startswith(_OF_AWS)
        named = {name for each in functions for name in (each.name, each.arn)}
        return bool({role.name, role.arn} & self.roles or named & self.functions)


@dataclass(slots=True)
class Gathered:
    """The cases, and why there are not more of them, or not more known of them."""

    cases: list[Case] = field(default_factory=list)
    gaps: list[NotEvaluated] = field(default_factory=list)

    def lacks(self, subject: Subject, what: str, reason: str) -> None:
        """Note that something was asked for and could not be evaluated."""
        self.gaps.append(NotEvaluated(Gap.FAILED, subject, what, reason))


def gathered(accounts: Sequence[Account], specs: Sequence[Function], usage: Usage, chosen: Chosen) -> Gathered:
    """The cases of all that was chosen, in the order of the roles."""
    found = Gathered()
    for account in accounts:
        _of_account(account, specs, usage, chosen, found)
    _note_absent(accounts, specs, chosen, found)
    return found


def _of_account(account: Account, specs: Sequence[Function], usage: Usage, chosen: Chosen, found: Gathered) -> None:
    running: dict[str, list[DeployedFunction]] = {}
    for function in account.functions:
        running.setdefault(function.role_arn, []).append(function)
    for role in account.roles:
        functions = tuple(running.pop(role.arn, ()))
        if chosen.takes(role, functions):
            found.cases.append(_case(role, functions, account, specs, usage, chosen, found))
    for arn, functions_of_it in running.items():
        for each in functions_of_it:
            if not chosen.functions & {each.name, each.arn} and (chosen.functions or chosen.roles):
                continue
            reason = f"its role `{arn}` was not read"
            found.lacks(Subject("function", each.name, each.arn), f"what `{each.name}` may do", reason)


def _case(
    role: Role,
    functions: tuple[DeployedFunction, ...],
    account: Account,
    specs: Sequence[Function],
    usage: Usage,
    chosen: Chosen,
    found: Gathered,
) -> Case:
    if not functions and not specs:
        return Case(role, functions, account, usage)
    from iamglue.audit.required import by_configuration, by_specs  # noqa: PLC0415 - startup: many exports tell of roles alone

    declared = tuple(by_specs(specs, role, functions, account, chosen.roles, found.lacks))
    if not functions:
        return Case(role, functions, account, usage, declared)
    configured = LaterBundles(partial(by_configuration, functions, account))
    return Case(role, functions, account, usage, declared or configured, not declared, configured)


def _note_absent(accounts: Sequence[Account], specs: Sequence[Function], chosen: Chosen, found: Gathered) -> None:
    """What was named and is not there."""
    functions = [each for account in accounts for each in account.functions]
    known = {name for each in functions for name in (each.name, each.arn)}
    for name in sorted(chosen.functions - known):
        found.lacks(Subject("function", name), f"the function `{name}`", "it is not among what was read")
    roles = {name for account in accounts for each in account.roles for name in (each.name, each.arn)}
    for name in sorted(chosen.roles - roles):
        found.lacks(Subject("role", name), f"the role `{name}`", "it is not among what was read")
    declared = {name for case in found.cases if not case.inferred for name, _ in case.needed}
    tried = {gap.subject.name for gap in found.gaps}
    for spec in specs:
        wanted = not (chosen.functions or chosen.roles) or spec.name in chosen.functions
        if wanted and spec.name not in declared | tried:
            reason = "no function of this name, Region and account is among what was read"
            found.lacks(Subject("function", spec.name), f"what the spec declares for `{spec.name}`", reason)
