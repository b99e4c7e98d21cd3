"""`reconcile`: one table of what is declared, called, used and granted for the functions of a spec."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from iamglue.audit.access.usual_policies import USUAL_RISK
from iamglue.catalog.services import Action, find_action
from iamglue.engine.solve.action_bitsets import actions_in, pattern_bitset
from iamglue.errors import Location
from iamglue.generate.requirements.grants import AtomicGrant
from iamglue.infer.evidence import InferredCode
from iamglue.model.reconciliation import (
    AccessSource,
    ReconcileGap,
    ReconcileRow,
    ReconcileSuggestion,
    Reconciliation,
    SourceAnswer,
    ranked_rows,
)
from iamglue.model.required_access import DeploymentScope
from iamglue.model.role_context import RoleContext
from iamglue.model.spec import SpecFunction
from iamglue.model.usage import Usage
from iamglue.policy.model import allow_statement
from iamglue.policy.patterns.wildcards import has_wildcard, intersects_action
from iamglue.reconcile.called import CalledCode
from iamglue.reconcile.declared import DeclaredNeed, declared_needs
from iamglue.reconcile.granted import GrantedAccess
from iamglue.reconcile.remainders import GrantedRemainder, find_remainders
from iamglue.reconcile.resources import ResourceMatch, has_parameter, match_access, may_cover
from iamglue.reconcile.rows import RowDraft, RowTable, build_rows, named_statements
from iamglue.reconcile.suggestions import removal_text, row_suggestion
from iamglue.reconcile.used import RecordedUse, record_evidence
from iamglue.reconcile.verdicts import row_risk, row_verdict
from iamglue.reconcile.written import with_written_texts

_BY_LAMBDA = "the code does not show it: Lambda makes this call, or it is for a key or a role that no call names"
_IN_SOME_CASES = "only in some cases of the template's conditions"
_NOT_DECLARED, _NOT_CALLED = "no item of the spec needs it", "no call in the code needs it"
_ALL_DENIED = "all requests were denied, and it is not known for want of which permission"


@dataclass(frozen=True, slots=True)
class RoleSource:
    """The role of a function in each case of a template; () if it is not known, and why in `unknown`.

    `statement_locations` has the lines of statements, by the policy's name; `gaps` is what was not evaluated.
    `reading_times` is when each account was read, None if that is not known; () without an account.
    """

    contexts: tuple[RoleContext, ...] = ()
    unknown: str = "no --policy, --function or --template was given"
    statement_locations: Mapping[str, tuple[Location, ...]] = field(default_factory=dict)
    gaps: tuple[ReconcileGap, ...] = ()
    is_given: bool = False
    reading_times: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class FunctionSources:
    """The sources for one function: its spec and scope, what was inferred of its code, the record, its role.

    `inferred` is None if no code was given, `usage` if no record was. `roles` are names and ARNs of its role;
    `deployed` is the name of the deployed function, if it is another than in the spec. `gaps` is what else was not
    looked at.
    """

    function: SpecFunction
    scope: DeploymentScope
    inferred: InferredCode | None = None
    usage: Usage | None = None
    roles: frozenset[str] = frozenset()
    role: RoleSource = RoleSource()
    deployed: str = ""
    gaps: tuple[ReconcileGap, ...] = ()


def reconcile(spec: str, functions: Iterable[FunctionSources]) -> Reconciliation:
    """The table of all functions. Raises IamglueError for an invalid spec, and if the role of a record is not clear."""
    names: list[str] = []
    rows: list[ReconcileRow] = []
    gaps: list[ReconcileGap] = []
    all_sources = tuple(functions)
    for sources in all_sources:
        table = _FunctionTable(sources, alone=len(all_sources) == 1)
        names.append(sources.function.name)
        rows += table.rows()
        gaps += table.gaps
    times = tuple(dict.fromkeys(time for sources in all_sources for time in sources.role.reading_times))
    return with_written_texts(Reconciliation(spec, tuple(names), ranked_rows(rows), tuple(dict.fromkeys(gaps)), times))


class _FunctionTable:
    """The rows of one function."""

    def __init__(self, sources: FunctionSources, *, alone: bool) -> None:
        self._sources = sources
        self._name = sources.function.name
        self._called = CalledCode(sources.inferred, sources.scope, self._name)
        deployed = sources.deployed or self._name
        self._used = RecordedUse.of(sources.usage, deployed, sources.roles, alone=alone)
        role = sources.role
        self._granted = GrantedAccess(deployed, role.contexts, role.unknown, role.statement_locations)
        self.gaps: list[ReconcileGap] = []
        self._given = {
            AccessSource.DECLARED,
            *([AccessSource.CALLED] if sources.inferred is not None else []),
            *([AccessSource.USED] if sources.usage is not None else []),
            *([AccessSource.GRANTED] if role.is_given else []),
        }

    def rows(self) -> Iterator[ReconcileRow]:
        """The rows; fills `gaps`."""
        sources = self._sources
        needs = declared_needs(sources.function, sources.scope)
        literal = self._granted.literal_grants()
        table = build_rows(needs, self._called.accesses, self._used.records, literal)
        drafts = table.rows
        named = frozenset(AtomicGrant(draft.action, draft.resource) for draft in drafts)
        for draft in drafts:
            yield self._row(draft, named)
        remainders, gaps = find_remainders(self._granted, named_statements(drafts))
        for remainder in remainders:
            yield self._remainder_row(remainder, table, needs)
        self.gaps += (
            *sources.gaps,
            *self._called.gaps(),
            *self._used.gaps(),
            *self._granted.gaps(),
            *sources.role.gaps,
            *gaps,
        )
        if not sources.role.is_given:
            self.gaps.append(ReconcileGap(AccessSource.GRANTED, "what the role grants", self._granted.unknown))

    def _row(self, draft: RowDraft, named: frozenset[AtomicGrant]) -> ReconcileRow:
        """The finished row: what each source says of it, the verdict, its risk and what to change."""
        reasons = tuple(dict.fromkeys(need.reason for need in draft.needs))
        expects_call = any(need.expects_call for need in draft.needs) or not draft.needs
        answers = {
            AccessSource.DECLARED: self._declared_answer(draft),
            AccessSource.CALLED: self._called_answer(draft, expects_call=expects_call),
            AccessSource.USED: self._used_answer(draft),
            AccessSource.GRANTED: self._granted.answer(draft.statements, reasons),
        }
        attempted = draft.attempts > 0 and AccessSource.USED not in draft.shown
        given = self._given if expects_call else self._given - {AccessSource.CALLED}
        verdict = row_verdict(answers, given, expects_call=bool(draft.needs) and expects_call, attempted=attempted)
        return ReconcileRow(
            self._name,
            draft.action,
            draft.resource,
            answers,
            verdict,
            row_risk(verdict, draft.action, draft.resource, _known_actions(draft.action)),
            row_suggestion(verdict, draft, answers, self._sources.scope, named),
        )

    def _declared_answer(self, draft: RowDraft) -> SourceAnswer:
        """Whether the spec declares it; unknown if an entry with a parameter or a pattern may mean it."""
        evidence = tuple(draft.evidence.get(AccessSource.DECLARED, ()))
        if draft.needs:
            return SourceAnswer(True, evidence=evidence)
        if AccessSource.DECLARED in draft.possible:
            return SourceAnswer(None, "several entries of the spec may mean it, by their parameters or patterns")
        return SourceAnswer(False, _NOT_DECLARED)

    def _called_answer(self, draft: RowDraft, *, expects_call: bool) -> SourceAnswer:
        """Whether the code calls it; unknown for what Lambda itself does with the role (`expects_call` is False)."""
        evidence = tuple(draft.evidence.get(AccessSource.CALLED, ()))
        if AccessSource.CALLED in draft.shown:
            return SourceAnswer(True, evidence=evidence)
        if AccessSource.CALLED in draft.possible:
            return SourceAnswer(None, "the code may mean this resource, or does not reach the call", evidence)
        if self._sources.inferred is not None and not expects_call:
            return SourceAnswer(None, _BY_LAMBDA)
        reason = self._unknown_call({str(action) for action in _known_actions(draft.action)} or {draft.action})
        return SourceAnswer(None if reason else False, reason or _NOT_CALLED)

    def _unknown_call(self, actions: Iterable[str]) -> str:
        """Why it is not known that the code calls none of some actions; empty if it certainly does not."""
        return next(filter(None, map(self._called.unknown_reason, sorted(actions))), "")

    def _used_answer(self, draft: RowDraft) -> SourceAnswer:
        """Whether a request was recorded. No request proves nothing unless the record covers action and resource."""
        evidence = tuple(draft.evidence.get(AccessSource.USED, ()))
        if AccessSource.USED in draft.shown:
            return SourceAnswer(True, evidence=evidence)
        if AccessSource.USED in draft.possible:
            return SourceAnswer(None, "the record does not say which resource it was", evidence)
        if draft.attempts and draft.needs:
            # What is declared may be needed: another permission may have been missing.
            return SourceAnswer(None, _ALL_DENIED, evidence)
        value, reason = self._used.not_used_reason(_known_actions(draft.action), draft.resource)
        return SourceAnswer(value, reason, evidence)

    def _remainder_row(
        self, remainder: GrantedRemainder, table: RowTable, needs: Iterable[DeclaredNeed]
    ) -> ReconcileRow:
        """The row for what remains of a statement: what may be declared, called or used of it is not known."""
        actions = tuple(actions_in(remainder.actions))
        answers = {
            AccessSource.DECLARED: _remaining_declared(needs, remainder),
            AccessSource.CALLED: self._remaining_call(table, remainder, actions),
            AccessSource.USED: self._remaining_use(table, remainder, actions),
            AccessSource.GRANTED: self._remaining_grant(remainder),
        }
        verdict = row_verdict(answers, self._given, expects_call=False, attempted=False)
        resource = remainder.resource
        risk = row_risk(verdict, remainder.action, resource, actions)
        text = removal_text(remainder.action, resource, (remainder.evidence,), is_whole=remainder.is_whole)
        return ReconcileRow(
            self._name,
            remainder.action,
            resource,
            answers,
            verdict,
            min(risk, USUAL_RISK) if remainder.is_usual else risk,
            ReconcileSuggestion(text) if verdict.is_disagreement else None,
            is_remainder=True,
            action_count=len(actions),
        )

    def _remaining_grant(self, remainder: GrantedRemainder) -> SourceAnswer:
        """That it is granted, unless it is not known whether a Deny, a limit or a condition is against it."""
        evidence = (remainder.evidence,)
        if self._granted.unread:
            return SourceAnswer(None, self._granted.unread, evidence)
        if remainder.undecided and not remainder.is_unlisted and not has_wildcard(remainder.action):
            return self._granted.answer([allow_statement((remainder.action,), (remainder.resource,))], ())
        if remainder.undecided:
            return SourceAnswer(None, remainder.undecided, evidence)
        if remainder.condition_keys and not self._grants_whole(remainder):
            keys = ", ".join(f"`{key}`" for key in remainder.condition_keys)
            return SourceAnswer(None, f"it depends on {keys}", evidence)
        return SourceAnswer(True, "" if remainder.in_all_cases else _IN_SOME_CASES, evidence)

    def _grants_whole(self, remainder: GrantedRemainder) -> bool:
        """Whether the role certainly grants all of a remainder, so that the conditions are met in every request."""
        return self._granted.answer([allow_statement((remainder.action,), (remainder.resource,))], ()).value is True

    def _remaining_call(self, table: RowTable, remainder: GrantedRemainder, actions: Iterable[Action]) -> SourceAnswer:
        """Whether a call needs something of what the role is allowed beyond all rows."""
        calls = [call for call in table.open_calls if _is_part(call.action, call.resource, remainder)]
        if calls:
            evidence = tuple(replace(item, is_exact=False) for call in calls for item in call.evidence)
            return SourceAnswer(None, "a call whose resource the code does not say may need part of it", evidence)
        reason = self._unknown_call(map(str, actions))
        return SourceAnswer(None if reason else False, reason or _NOT_CALLED)

    def _remaining_use(self, table: RowTable, remainder: GrantedRemainder, actions: Iterable[Action]) -> SourceAnswer:
        """Whether a recorded request used something of what the role is allowed beyond all rows."""
        records = [item for item in table.open_records if _is_part(item.action, item.resource, remainder)]
        if records:
            evidence = tuple(replace(record_evidence(item), is_exact=False) for item in records)
            return SourceAnswer(None, "a request whose resource is not certain may have used part of it", evidence)
        return SourceAnswer(*self._used.not_used_reason(actions, remainder.resource))


def _remaining_declared(needs: Iterable[DeclaredNeed], remainder: GrantedRemainder) -> SourceAnswer:
    """Whether what remains of a statement is declared: not known if it may be what a parameter of the spec names."""
    if remainder.undecided:
        return SourceAnswer(None, f"whether other rows have all of it is not known: {remainder.undecided}")
    for need in needs:
        if (
            has_parameter(need.resource)
            and intersects_action(need.action, remainder.action)
            and may_cover(need.resource, remainder.resource)
        ):
            return SourceAnswer(None, f"it may be `{need.resource}` of the spec, by the values of its parameters")
    return SourceAnswer(False, _NOT_DECLARED)


def _is_part(action: str, resource: str, remainder: GrantedRemainder) -> bool:
    """Whether an action on a resource may be part of what remains of a statement."""
    if not pattern_bitset(action) & remainder.actions and find_action(action.lower()) is not None:
        return False
    return match_access((remainder.action, remainder.resource), action, resource) is not ResourceMatch.NONE


def _known_actions(action: str) -> tuple[Action, ...]:
    """The known actions that an action or a pattern of actions means."""
    facts = find_action(action.lower())
    return (facts,) if facts is not None else tuple(actions_in(pattern_bitset(action)))
