"""What an audit judges and what it says: a role with its functions and needs, and the answer for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import and_

from iamglue.access.layers import layer
from iamglue.access.policy_kinds import PolicyKind
from iamglue.access.sets import EVERYTHING, Access, access_of
from iamglue.findings import Finding, Report
from iamglue.iam.policies import Policy
from iamglue.subjects.account import Account, AttachedPolicy, DeployedFunction, Role
from iamglue.subjects.bundle import Bundle
from iamglue.subjects.computed import computed
from iamglue.subjects.difference import Diff
from iamglue.subjects.usage import Usage


@dataclass(frozen=True, eq=False)
class Case:
    """One role as the rules see it: with the functions that run as it, and what their specs declare.

    `needed` has the bundle of each function that a spec declares, by its name; `inferred` says that the spec was
    inferred from the function's own configuration and nobody has declared anything. `configured` has the bundle of
    each function by its configuration alone, whatever is declared.
    """

    role: Role
    functions: tuple[DeployedFunction, ...]
    account: Account
    usage: Usage
    needed: tuple[tuple[str, Bundle], ...] = ()
    inferred: bool = False
    configured: tuple[tuple[str, Bundle], ...] = ()

    @property
    def limits(self) -> tuple[tuple[AttachedPolicy, ...], ...]:
        """The boundary and the levels of SCPs: each must allow a request besides the role's own policies."""
        boundary = ((self.role.boundary,),) if self.role.boundary else ()
        return (*boundary, *(self.account.scps or ()))

    @property
    def unread(self) -> tuple[AttachedPolicy, ...]:
        """The policies that have a say and are malformed."""
        every = (*self.role.policies, *(each for level in self.limits for each in level))
        return tuple(each for each in every if each.policy is None)

    @computed
    def granted(self) -> Access:
        """What the role's own policies allow together; a malformed one is left out."""
        return access_of([each.policy for each in self.role.policies if each.policy is not None])

    @computed
    def within(self) -> Access:
        """What boundary and SCPs leave; those of which a document is malformed are left out."""
        levels = [*(self.account.scps or ())]
        found = [_within(PolicyKind.SCP, level) for level in levels]
        if self.role.boundary:
            found.append(_within(PolicyKind.BOUNDARY, (self.role.boundary,)))
        return reduce(and_, found, EVERYTHING)

    @computed
    def effective(self) -> Access:
        """What the role may do: what its own policies allow within the limits."""
        return self.granted & self.within if self.limits else self.granted


def _within(kind: PolicyKind, policies: tuple[AttachedPolicy, ...]) -> Access:
    read = [each.policy for each in policies if each.policy is not None]
    return layer(kind, read).access if len(read) == len(policies) else EVERYTHING


@dataclass(frozen=True, slots=True)
class Replacement:
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
    before: int = 0
    after: int = 0
    proved: tuple[str, ...] = ()
    unproved: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    managed: bool = False
    difference: Diff | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """The answer for one role: findings, gravest first; `risk` from 0 to 100; `granted` counts the actions allowed."""

    case: Case
    findings: tuple[Finding, ...] = ()
    risk: int = 0
    granted: int = 0
    needed: int | None = None
    replacement: Replacement | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """The answer for all roles that were asked about; `report` has every finding and what was not evaluated."""

    judged: tuple[Judged, ...]
    report: Report
    accounts: tuple[Account, ...] = field(default=())
