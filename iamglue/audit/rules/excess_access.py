"""The role allows more than its functions need.

The access that the specs declare and that the functions' configuration requires is subtracted from the access of the
role by all its policies, within its boundary and SCPs. The rest is reported for each statement, the most severe first,
with an example of a request that is allowed and not needed. Anyone who takes over the function can make such requests.
`--suggest` writes replacement policies.

Roles whose functions have no declared requirements are not reported.

https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_

from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.access.statement_location import statement_span
from iamglue.audit.escalation.action_risk import action_risk, riskiest_actions
from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation, UndecidedCheck
from iamglue.catalog.services import Action
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import EVERYTHING, Access, access_of
from iamglue.engine.solve.allowed_actions import find_allowed_actions
from iamglue.engine.solve.comparison import Comparison, ComparisonAnswer, compare
from iamglue.engine.solve.diff_entries import DiffEntry, find_access_diff
from iamglue.engine.solve.narrowing import term_access
from iamglue.engine.solve.witness_location import AccountRegion, find_local_witness, foreign_account
from iamglue.findings import NotEvaluatedKind, Severity
from iamglue.policy.model import MatchList, Policy

RULE = RoleRule(Severity.WARNING, risk=60, breadth=True, needs_spec=True)

_LISTED = 4
_HELP = "remove it (`--suggest` writes replacement policies), or declare it in the spec if the function needs it"
_WHAT = "whether the role allows more than its functions need"


def check(case: RoleContext, audit: AuditContext) -> Iterator[RoleViolation | UndecidedCheck]:
    """Yield what is granted and not required, the most severe first."""
    undeclared = sorted({each.name for each in case.functions} - {name for name, _ in case.required_by_spec})
    if undeclared:
        named = ", ".join(f"`{name}`" for name in undeclared)
        reason = f"no spec declares what these functions of the role need: {named}"
        yield UndecidedCheck(_WHAT, reason, kind=NotEvaluatedKind.UNDECIDABLE)
        return
    access, wanted = audit.role_access(case), _wanted(case)
    found = compare(access.access, wanted)
    if found.answer is ComparisonAnswer.NO_NEW_ACCESS:
        return
    within = reduce(and_, (each.access for each in access.limits), EVERYTHING)
    parts = find_access_diff(access.identity_layer.access, wanted, within)
    yield from sorted((_hit(case, access, each, wanted) for each in parts.entries), key=lambda each: -(each.risk or 0))
    kind = NotEvaluatedKind.UNDECIDABLE if found.depends_on_variables else NotEvaluatedKind.FAILED
    for reason in _doubts(found, parts.reasons, bool(parts.entries)):
        yield UndecidedCheck(_WHAT, reason, kind=kind)
    for leaf in parts.undecided:
        yield UndecidedCheck(_WHAT, f"{access.identity_layer.statement_location(leaf)} was not compared")
    if not parts.entries and found.witness is not None:
        witness = find_local_witness(access.access - wanted, found.witness, _home(case))
        yield RoleViolation(f"the role allows requests that no function needs, such as {_such(witness, case)}", _HELP)


def _home(case: RoleContext) -> AccountRegion:
    return AccountRegion(case.role.account, case.functions[0].region if case.functions else "")


def _such(witness: Request, case: RoleContext) -> str:
    """A request as text. On a resource of another account, that account must allow it too."""
    other = foreign_account(witness, _home(case))
    consent = f" (if account {other} allows it too)" if other else ""
    return f"`{witness.action}` on `{witness.resource}`{consent}"


def _wanted(case: RoleContext) -> Access:
    policies = [
        policy.policy
        for _, bundle in (*case.required_by_spec, *case.required_by_configuration)
        for policy in bundle.policies
    ]
    return access_of(policies or [Policy(())])


def _doubts(found: Comparison, reasons: tuple[str, ...], shown: bool) -> Iterator[str]:
    yield from reasons
    if found.answer is ComparisonAnswer.UNKNOWN and not shown:
        yield found.reason or "it could not be decided"


@dataclass(frozen=True, slots=True)
class _Told:
    """A part of the excess access for the report: the number of actions, the most severe, and an example request."""

    portion: DiffEntry
    count: int
    gravest: tuple[Action, ...]
    witness: Request

    @property
    def risk(self) -> int:
        return min(action_risk(self.gravest[0]), RULE.risk) if self.gravest else RULE.risk


def _told(portion: DiffEntry, granted_access: Access, wanted: Access, home: AccountRegion) -> _Told:
    part = term_access(portion.term.with_statement(portion.statement))
    mask = find_allowed_actions(part).bitset or find_allowed_actions(part, unlisted=True).bitset
    worst = riskiest_actions(mask, _LISTED)
    witness = portion.witness
    if worst and str(worst[0]) != witness.action:
        only = replace(portion.statement, actions=MatchList((str(worst[0]),)))
        part = term_access(portion.term.with_statement(only))
        witness = compare(part & granted_access, wanted).witness or witness
    excess = (part & granted_access) - wanted
    return _Told(portion, mask.bit_count(), worst, find_local_witness(excess, witness, home))


def _hit(case: RoleContext, access: RoleAccess, portion: DiffEntry, wanted: Access) -> RoleViolation:
    by = access.identity_layer.statement_location(portion.term)
    if portion.future_only:
        such = _such(portion.witness, case)
        message = f"{by} also allows actions that AWS may add later and that no function needs, such as {such}"
        return RoleViolation(message, _HELP, span=statement_span([by]), severity=Severity.SUGGESTION, risk=5)
    told = _told(portion, access.access, wanted, _home(case))
    return RoleViolation(
        f"{by} allows {_words(told, _such(told.witness, case))}", _HELP, span=statement_span([by]), risk=told.risk
    )


def _words(told: _Told, request: str) -> str:
    """The part as text: the number of actions, the resources, and an example request."""
    portion, more = told.portion, told.count - len(told.gravest)
    shown = ", ".join(f"`{each}`" for each in told.gravest) + (f" and {more:,} more" if more > 0 else "")
    count = f"{told.count:,} actions" if told.count > 1 else "1 action"
    resources = portion.statement.resources
    on = (
        _resources(resources.values)
        if resources and not resources.negated
        else "all resources except those in NotResource"
    )
    beyond = " that no function needs" if portion.is_all_new else " for more requests than any function needs"
    unlisted = " (AWS's reference does not list this resource type for the action)" if portion.unlisted_only else ""
    such = f"such as {request}{unlisted}"
    return f"{count} on {on}{beyond} ({shown}), {such}" if shown else f"requests that no function needs, {such}"


def _resources(values: tuple[str, ...]) -> str:
    more = f" and {len(values) - 1:,} more" if len(values) > 1 else ""
    return f"`{values[0]}`{more}"
