"""The role allows more than its functions need.

The access that the specs declare and that the functions' configuration requires is subtracted from the access of the
role by all its policies, within its boundary and SCPs. The rest is reported for each statement, the most severe first,
with an example of a request that is allowed and not needed. Anyone who takes over the function can make such requests.
`--suggest` writes replacement policies.

If only the value of a deployment parameter decides whether a statement allows more, that is reported as not evaluated.

Roles whose functions have no declared requirements are not reported.

https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_

from iamglue.audit.access.role_access import RoleAccess
from iamglue.audit.access.statement_location import statement_contents, statement_values
from iamglue.audit.access.usual_policies import is_usual_policy
from iamglue.audit.escalation.action_risk import action_risk, riskiest_actions
from iamglue.audit.rule import AuditContext, RoleContext, RoleRule, RoleViolation, UndecidedCheck
from iamglue.catalog.services import Action
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import EVERYTHING, Access, access_of
from iamglue.engine.solve.allowed_actions import find_allowed_actions
from iamglue.engine.solve.comparison import Comparison, ComparisonAnswer, compare
from iamglue.engine.solve.diff_entries import DiffEntry, find_access_diff
from iamglue.engine.solve.narrowing import term_access
from iamglue.engine.solve.parameter_values import is_in_any_case
from iamglue.engine.solve.parameters import is_parametrized
from iamglue.engine.solve.witness_location import AccountRegion, find_local_witness, foreign_account
from iamglue.findings import NotEvaluatedKind, Severity
from iamglue.policy.model import MatchList, Policy

RULE = RoleRule(Severity.WARNING, risk=60, breadth=True, needs_spec=True)

_LISTED = 4
_HELP = "remove it (`--suggest` writes replacement policies), or declare it in the spec if the function needs it"
_DEPENDS_ON_PARAMETERS = "it depends on the values of deployment parameters (`${...}`)"
_WHAT = "whether the role allows more than its functions need"


def check(context: RoleContext, audit: AuditContext) -> Iterator[RoleViolation | UndecidedCheck]:
    """Yield what is granted and not required, the most severe first."""
    undeclared = sorted({entry.name for entry in context.functions} - {name for name, _ in context.required_by_spec})
    if undeclared:
        named = ", ".join(f"`{name}`" for name in undeclared)
        reason = f"no spec declares what these functions of the role need: {named}"
        yield UndecidedCheck(_WHAT, reason, kind=NotEvaluatedKind.UNDECIDABLE)
        return
    access, wanted = audit.role_access(context), _required_access(context)
    comparison = compare(access.access, wanted)
    if comparison.answer is ComparisonAnswer.NO_NEW_ACCESS:
        return
    within = reduce(and_, (entry.access for entry in access.limits), EVERYTHING)
    difference = find_access_diff(access.identity_layer.access, wanted, within)
    certain = [entry for entry in difference.entries if _is_certain(entry, access.access, wanted)]
    yield from sorted(
        (_violation(context, access, entry, wanted) for entry in certain), key=lambda entry: -(entry.risk or 0)
    )
    yield from _undecided_by_parameters(access, [entry for entry in difference.entries if entry not in certain])
    kind = NotEvaluatedKind.UNDECIDABLE if comparison.depends_on_variables else NotEvaluatedKind.FAILED
    for reason in _undecided_reasons(comparison, difference.reasons, bool(difference.entries)):
        yield UndecidedCheck(_WHAT, reason, kind=kind)
    for term in difference.not_evaluated:
        yield UndecidedCheck(_WHAT, f"{access.identity_layer.statement_location(term)} was not compared")
    excess = access.access - wanted
    if not difference.entries and comparison.witness and is_in_any_case(excess, comparison.witness):
        witness = find_local_witness(excess, comparison.witness, _account_region(context))
        yield RoleViolation(
            f"the role allows requests that no function needs, such as {_request_text(witness, context)}",
            _HELP,
            about=(),
        )


def _is_certain(entry: DiffEntry, granted: Access, wanted: Access) -> bool:
    """Whether an entry has a request that is not needed whatever the values of deployment parameters are."""
    excess = (term_access(entry.term.with_statement(entry.statement)) & granted) - wanted
    return not is_parametrized(excess) or is_in_any_case(excess, entry.witness)


def _undecided_by_parameters(access: RoleAccess, entries: Sequence[DiffEntry]) -> Iterator[UndecidedCheck]:
    """What is not known of statements whose parameters decide whether they allow more than is needed."""
    for location in dict.fromkeys(access.identity_layer.statement_location(entry.term) for entry in entries):
        what = f"whether {location} allows more than the functions of the role need"
        yield UndecidedCheck(what, _DEPENDS_ON_PARAMETERS, kind=NotEvaluatedKind.UNDECIDABLE)


def _account_region(context: RoleContext) -> AccountRegion:
    return AccountRegion(context.role.account, context.functions[0].region if context.functions else "")


def _request_text(witness: Request, context: RoleContext) -> str:
    """A request as text. On a resource of another account, that account must allow it too."""
    account = foreign_account(witness, _account_region(context))
    consent = f" (if account {account} allows it too)" if account else ""
    return f"`{witness.action}` on `{witness.resource}`{consent}"


def _required_access(context: RoleContext) -> Access:
    """What the functions need: by the specs and by their configuration."""
    declared = [policy.policy for _, bundle in context.required_by_spec for policy in bundle.policies]
    configured = [item.statement for _, statements in context.required_by_configuration for item in statements]
    return access_of([*declared, Policy(tuple(configured))])


def _undecided_reasons(comparison: Comparison, reasons: tuple[str, ...], shown: bool) -> Iterator[str]:
    """Yield why the excess may not be complete; an unknown answer counts only if no excess is shown."""
    yield from reasons
    if comparison.answer is ComparisonAnswer.UNKNOWN and not shown:
        yield comparison.reason or "it could not be decided"


@dataclass(frozen=True, slots=True)
class _Excess:
    """A part of the excess access for the report: the number of actions, the most severe, and an example request."""

    entry: DiffEntry
    count: int
    riskiest: tuple[Action, ...]
    witness: Request

    @property
    def risk(self) -> int:
        return min(action_risk(self.riskiest[0]), RULE.risk) if self.riskiest else RULE.risk


def _excess(entry: DiffEntry, granted_access: Access, wanted: Access, home: AccountRegion) -> _Excess:
    """What a statement allows beyond the need: how many actions, the riskiest of them, and a request."""
    term_part = term_access(entry.term.with_statement(entry.statement))
    mask = find_allowed_actions(term_part).bitset or find_allowed_actions(term_part, unlisted=True).bitset
    worst = riskiest_actions(mask, _LISTED)
    witness = entry.witness
    if worst and str(worst[0]) != witness.action:
        only = replace(entry.statement, actions=MatchList((str(worst[0]),)))
        term_part = term_access(entry.term.with_statement(only))
        witness = compare(term_part & granted_access, wanted).witness or witness
    excess = (term_part & granted_access) - wanted
    return _Excess(entry, mask.bit_count(), worst, find_local_witness(excess, witness, home))


def _violation(context: RoleContext, access: RoleAccess, entry: DiffEntry, wanted: Access) -> RoleViolation:
    """The violation of a statement; only a suggestion if nothing but actions of the future are in excess."""
    location = access.identity_layer.statement_location(entry.term)
    if entry.future_only:
        example = _request_text(entry.witness, context)
        message = f"{location} also allows actions that AWS may add later and that no function needs, such as {example}"
        return RoleViolation(
            message,
            _HELP,
            location=statement_values([location]),
            severity=Severity.SUGGESTION,
            risk=5,
            about=statement_contents([location]),
        )
    excess = _excess(entry, access.access, wanted, _account_region(context))
    return RoleViolation(
        f"{location} allows {_excess_text(excess, _request_text(excess.witness, context))}",
        _HELP,
        location=statement_values([location]),
        severity=Severity.SUGGESTION if is_usual_policy(location.policy) else None,
        risk=excess.risk,
        about=statement_contents([location]),
    )


def _excess_text(excess: _Excess, request: str) -> str:
    """The part as text: the number of actions, the resources, and an example request."""
    entry, more = excess.entry, excess.count - len(excess.riskiest)
    shown = ", ".join(f"`{action}`" for action in excess.riskiest) + (f" and {more:,} more" if more > 0 else "")
    count = f"{excess.count:,} actions" if excess.count > 1 else "1 action"
    resources = entry.statement.resources
    on = (
        _resources_text(resources.values)
        if resources and not resources.negated
        else "all resources except those in NotResource"
    )
    beyond = " that no function needs" if entry.is_all_new else " for more requests than any function needs"
    unlisted = " (AWS's reference does not list this resource type for the action)" if entry.unlisted_only else ""
    example = f"such as {request}{unlisted}"
    return f"{count} on {on}{beyond} ({shown}), {example}" if shown else f"requests that no function needs, {example}"


def _resources_text(values: tuple[str, ...]) -> str:
    more = f" and {len(values) - 1:,} more" if len(values) > 1 else ""
    return f"`{values[0]}`{more}"
