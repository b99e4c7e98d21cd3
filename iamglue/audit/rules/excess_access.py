"""A role allows more than its functions need.

What the functions' specs declare, and what their configuration asks for, is taken from what the role may do by all of
its policies, within its boundary and SCPs. What is left is told statement by statement, the gravest first, each with a
request that is allowed and that nothing needs. Whoever takes over the function can do all of it. `--suggest` writes the
policies that would do.

Nothing is said of a role for which nobody has declared anything.

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
_HELP = "take it out: `--suggest` writes the policies that do; or declare it, if the function needs it"
_WHAT = "what the role allows beyond its functions' needs"


def check(case: RoleContext, audit: AuditContext) -> Iterator[RoleViolation | UndecidedCheck]:
    """What is granted and not declared, the gravest first."""
    undeclared = sorted({each.name for each in case.functions} - {name for name, _ in case.required_by_spec})
    if undeclared:
        named = ", ".join(f"`{name}`" for name in undeclared)
        reason = f"what these functions of the role need is not declared: {named}"
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
        yield UndecidedCheck(_WHAT, f"{access.identity_layer.statement_location(leaf)} was not looked into")
    if not parts.entries and found.witness is not None:
        witness = find_local_witness(access.access - wanted, found.witness, _home(case))
        yield RoleViolation(f"the role allows what no function needs, such as {_such(witness, case)}", _HELP)


def _home(case: RoleContext) -> AccountRegion:
    return AccountRegion(case.role.account, case.functions[0].region if case.functions else "")


def _such(witness: Request, case: RoleContext) -> str:
    """A request in words. The role's policies do not decide alone on a resource of another account."""
    other = foreign_account(witness, _home(case))
    consent = f", if account {other} allows it too" if other else ""
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
    """A portion for people: how many actions it has, the gravest of them, and a request that shows it best."""

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
        message = f"{by} allows what AWS may yet add, and no function needs, such as {such}"
        return RoleViolation(message, _HELP, span=statement_span([by]), severity=Severity.SUGGESTION, risk=5)
    told = _told(portion, access.access, wanted, _home(case))
    return RoleViolation(
        f"{by} allows {_words(told, _such(told.witness, case))}", _HELP, span=statement_span([by]), risk=told.risk
    )


def _words(told: _Told, request: str) -> str:
    """The portion in words: how much of what, on which resources, and one request for it."""
    portion, more = told.portion, told.count - len(told.gravest)
    shown = ", ".join(f"`{each}`" for each in told.gravest) + (f" and {more:,} more" if more > 0 else "")
    count = f"{told.count:,} actions" if told.count > 1 else "an action"
    resources = portion.statement.resources
    on = _resources(resources.values) if resources and not resources.negated else "all but some resources"
    beyond = " that no function needs" if portion.is_all_new else ", more than any function needs"
    unlisted = "; AWS's reference does not list such a resource for it" if portion.unlisted_only else ""
    such = f"such as {request}{unlisted}"
    return f"{count} on {on}{beyond} ({shown}), {such}" if shown else f"what no function needs, {such}"


def _resources(values: tuple[str, ...]) -> str:
    more = f" and {len(values) - 1:,} more" if len(values) > 1 else ""
    return f"`{values[0]}`{more}"
