"""One row for each action on each resource that the spec, the code or the record names, however they spell it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from iamglue.errors import Location
from iamglue.model.reconciliation import AccessSource, SourceEvidence
from iamglue.model.spec import AccessEntry
from iamglue.model.usage import ActionUsage
from iamglue.policy.model import Statement, allow_statement
from iamglue.policy.patterns.wildcards import has_wildcard
from iamglue.reconcile.called import CalledAccess
from iamglue.reconcile.declared import DeclaredNeed
from iamglue.reconcile.resources import (
    ResourceMatch,
    has_parameter,
    is_open,
    match_access,
    match_resource,
    parameter_values,
)
from iamglue.reconcile.used import record_evidence

_ANY = "*"


@dataclass(eq=False, slots=True)
class RowDraft:
    """A row while it is filled: what each source shows for it, and what it may show.

    `shown` are the sources that name the row for certain, `possible` those that may mean it or another row.
    `entries` are those that a spec would have for what the code calls. `attempts` counts denied requests.
    `is_unknown`: the code does not say which resource it is, and no other source does. `is_ambiguous`: its parameters
    may mean several resources that the sources name, of which it can only be one.
    """

    action: str
    resource: str
    needs: list[DeclaredNeed] = field(default_factory=list)
    shown: set[AccessSource] = field(default_factory=set)
    possible: set[AccessSource] = field(default_factory=set)
    evidence: dict[AccessSource, list[SourceEvidence]] = field(default_factory=dict)
    entries: list[AccessEntry] = field(default_factory=list)
    attempts: int = 0
    is_unknown: bool = False
    is_ambiguous: bool = False

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What must be granted for the row: under the conditions of the spec if it is declared."""
        declared = dict.fromkeys(need.statement for need in self.needs)
        return tuple(declared) or (allow_statement((self.action,), (self.resource,)),)

    @property
    def is_known_resource(self) -> bool:
        """Whether the resource is known: declared, used, or named by the code without a parameter."""
        return bool(self.needs) or not (self.is_unknown or is_open(self.action, self.resource))

    def add(self, source: AccessSource, evidence: Iterable[SourceEvidence], *, certain: bool, exact: bool) -> None:
        """Add what a source shows: `certain` if it is about this row, `exact` if it names the row's own resource."""
        (self.shown if certain else self.possible).add(source)
        items = self.evidence.setdefault(source, [])
        items += [item if exact else replace(item, is_exact=False) for item in evidence]


def build_rows(
    needs: Sequence[DeclaredNeed],
    calls: Sequence[CalledAccess],
    records: Sequence[ActionUsage],
    granted: Sequence[tuple[str, str]],
) -> RowTable:
    """The rows of one function. `granted` has actions and resources that policies name, for calls without a resource.

    Declared access comes first, then what the code names, what the record shows, and last the calls of which the code
    does not say the resource: these belong to the rows that they may mean.
    """
    table = _RowIndex()
    for need in needs:
        table.add_need(need)
    accesses = (*((call.action, call.resource) for call in calls), *((item.action, item.resource) for item in records))
    table.find_ambiguous(access for access in accesses if not is_open(*access))
    for call in calls:
        if not call.is_open:
            table.add_call(call)
    for record in sorted(records, key=_from_narrow_to_wide):
        table.add_record(record)
    for call in calls:
        if call.is_open:
            table.add_call(call, granted)
    return RowTable(tuple(table.rows), tuple(table.open_calls), tuple(table.open_records))


@dataclass(frozen=True, slots=True)
class RowTable:
    """The rows, and the calls and records of which it is not certain that a row has all that they mean."""

    rows: tuple[RowDraft, ...]
    open_calls: tuple[CalledAccess, ...]
    open_records: tuple[ActionUsage, ...]


class _RowIndex:
    """The rows so far, in the order in which they were added, and by action."""

    def __init__(self) -> None:
        self.open_calls: list[CalledAccess] = []
        self.open_records: list[ActionUsage] = []
        self._by_key: dict[tuple[str, str], RowDraft] = {}
        self._by_action: dict[str, list[RowDraft]] = {}

    @property
    def rows(self) -> Iterable[RowDraft]:
        return self._by_key.values()

    def add_need(self, need: DeclaredNeed) -> None:
        """Put a need of the spec into its row. The spec says exactly which action and resource it means."""
        row = self._row(need.action, need.resource)
        row.needs.append(need)
        evidence = SourceEvidence(str(need.reason), need.location, data={"expects_call": need.expects_call})
        row.add(AccessSource.DECLARED, [evidence], certain=True, exact=True)

    def find_ambiguous(self, accesses: Iterable[tuple[str, str]]) -> None:
        """Mark the rows whose parameters would need several values at once for what the sources name."""
        values: dict[RowDraft, set[tuple[str, ...] | None]] = {}
        for action, resource in accesses:
            same, possible = self._matching_rows(action, resource)
            if not same and len(possible) == 1 and has_parameter(possible[0].resource):
                values.setdefault(possible[0], set()).add(parameter_values(possible[0].resource, resource))
        for row, row_values in values.items():
            row.is_ambiguous = len(row_values) > 1

    def add_call(self, call: CalledAccess, granted: Sequence[tuple[str, str]] = ()) -> None:
        """Add a call; one that the handler does not reach makes no row and is never certain."""
        reached = call.access.is_reached
        same, possible = self._matching_rows(call.action, call.resource)
        if call.is_open or has_parameter(call.resource) or (possible and not same):
            self.open_calls.append(call)
        for row in same:
            row.add(AccessSource.CALLED, call.evidence, certain=reached, exact=True)
            row.entries.append(call.entry)
        if same:
            return
        candidates = [row for row in possible if row.needs] or possible
        is_single = _is_single(candidates)
        for row in candidates:
            row.add(AccessSource.CALLED, call.evidence, certain=reached and is_single, exact=False)
            row.entries.append(call.entry)
        if reached and not is_single and (not candidates or not call.is_open):
            row = self._own_row(call.action, _granted_resource(call, granted), candidates)
            exact = row.resource == call.resource
            row.is_unknown = exact and call.is_open
            row.add(AccessSource.CALLED, call.evidence, certain=True, exact=exact)
            row.entries.append(call.entry)

    def add_record(self, record: ActionUsage) -> None:
        """Add a record; denied requests alone do not show that the role used the action."""
        is_use = record.count > record.denied
        evidence = [record_evidence(record)]
        same, possible = self._matching_rows(record.action, record.resource)
        is_unknown = is_open(record.action, record.resource)
        if is_use and (is_unknown or (possible and not same)):
            self.open_records.append(record)
        rows = same or possible
        if not same and not _is_single(possible):
            # Not known which of several rows it is: it is a row of its own, and these may be it.
            for row in possible if is_use else ():
                row.add(AccessSource.USED, evidence, certain=False, exact=False)
            rows = [self._own_row(record.action, record.resource, possible)]
            rows[0].is_unknown = is_unknown
        for row in rows:
            row.attempts += record.denied
            if is_use:
                row.add(AccessSource.USED, evidence, certain=True, exact=row not in possible)
            else:
                row.evidence.setdefault(AccessSource.USED, []).extend(evidence)

    def _own_row(self, action: str, resource: str, candidates: Iterable[RowDraft]) -> RowDraft:
        """The row of an access; whether it is declared is not known if it may be one of declared candidates."""
        row = self._row(action, resource)
        if any(candidate.needs for candidate in candidates):
            row.possible.add(AccessSource.DECLARED)
        return row

    def _row(self, action: str, resource: str) -> RowDraft:
        """The row of an action and a resource, which is new at its first mention."""
        row = self._by_key.get((action, resource))
        if row is None:
            row = self._by_key[action, resource] = RowDraft(action, resource)
            self._by_action.setdefault(_ANY if has_wildcard(action) else action, []).append(row)
        return row

    def _matching_rows(self, action: str, resource: str) -> tuple[list[RowDraft], list[RowDraft]]:
        """The rows that have all of an action on a resource, and those that may have it."""
        same: list[RowDraft] = []
        possible: list[RowDraft] = []
        for row in (*self._by_action.get(action, ()), *self._by_action.get(_ANY, ())):
            if row.is_unknown:
                continue
            match = match_access((row.action, row.resource), action, resource)
            if match is ResourceMatch.SAME:
                same.append(row)
            elif match is ResourceMatch.POSSIBLE:
                possible.append(row)
        return same, possible


def _from_narrow_to_wide(record: ActionUsage) -> tuple[bool, bool, str, str]:
    """The order of records: a wide one must not take in what belongs to a row of the spec."""
    is_unknown = is_open(record.action, record.resource)
    return is_unknown, has_wildcard(record.resource), record.action, record.resource


def _is_single(candidates: Sequence[RowDraft]) -> bool:
    """Whether there is exactly one row that a source may mean, and nothing else that the row may mean."""
    return len(candidates) == 1 and not candidates[0].is_ambiguous


def _granted_resource(call: CalledAccess, granted: Sequence[tuple[str, str]]) -> str:
    """The only resource of the action that a policy names and the call may mean; else what the code says."""
    names = {
        resource
        for action, resource in granted
        if action == call.action and match_resource(resource, call.resource) is not ResourceMatch.NONE
    }
    return names.pop() if len(names) == 1 and _ANY not in names else call.resource


def row_location(row: RowDraft) -> Location | None:
    """The line of the spec that declares a row; None if none does."""
    return next((need.location for need in row.needs), None)


def named_statements(rows: Iterable[RowDraft]) -> Iterator[Statement]:
    """The statements of the rows whose resource is known, each with one action on one resource."""
    for row in rows:
        if row.is_known_resource:
            yield from row.statements
