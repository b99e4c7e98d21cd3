"""The difference between two accesses as a list of readable entries: statements, each with an example request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import EVERYTHING, Access, StatementTerm, union
from iamglue.engine.solve.budget import DIFF_STEPS, EXHAUSTED_REASON, Exhausted, remaining_steps, step_budget
from iamglue.engine.solve.intersection import intersect_statements, may_overlap
from iamglue.engine.solve.narrowing import NarrowedStatement, Prover, narrow_statement, term_access
from iamglue.engine.solve.proof import Verdict
from iamglue.policy.model import Effect, Statement

# The remaining budget is split into at most this many shares, and each statement may use one of them.
_BUDGET_SHARES = 8
_INCOMPLETE_REASON = "the list of differences is incomplete: " + EXHAUSTED_REASON


@dataclass(frozen=True, slots=True)
class DiffEntry:
    """A part of what the new access contains and the old one does not.

    `statement` is the part of the statement of `term` in which every action and every resource has such a request;
    `witness` is one of these requests. With `is_all_new`, everything that it allows is new. Otherwise `exclusions` are
    the statements that exclude some of it: Allow statements of the old access, Deny statements of the new one.
    `removed_deny` is the old Deny that blocked it. `condition_variant` is an old Allow of the same access under other
    conditions. `has_future_actions`: it also includes actions that do not exist yet. `has_unlisted_arns`: it also
    includes requests on ARNs that AWS's reference does not list.
    """

    term: StatementTerm
    statement: Statement
    witness: Request
    is_all_new: bool
    future_only: bool = False
    has_future_actions: bool = False
    unlisted_only: bool = False
    has_unlisted_arns: bool = False
    exclusions: tuple[StatementTerm, ...] = ()
    removed_deny: StatementTerm | None = None
    condition_variant: StatementTerm | None = None


@dataclass(frozen=True, slots=True)
class AccessDiff:
    """The entries found. `undecided` are statements of which a part may be new, each with the reason.

    `not_evaluated` are new statements that were not evaluated, for `reason`.
    """

    entries: tuple[DiffEntry, ...]
    undecided: tuple[tuple[StatementTerm, str], ...] = ()
    not_evaluated: tuple[StatementTerm, ...] = ()
    reason: str = ""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the entries may not be all that is new."""
        reasons = [reason for _, reason in self.undecided]
        return tuple(dict.fromkeys((*reasons, self.reason) if self.reason else reasons))


def find_access_diff(
    new: Access, old: Access, limits: Access = EVERYTHING, possible: Access = EVERYTHING
) -> AccessDiff:
    """The entries of `new - old` within `limits`. Both accesses must be built by `access_of`.

    Only requests in `possible` can exist.
    """
    with step_budget(DIFF_STEPS):
        return _DiffSearch(new, old, limits, possible).run()


@dataclass(frozen=True, slots=True)
class _DiffCase:
    """A statement, the part of it to search in `target`, and the removed Deny that blocked it."""

    term: StatementTerm
    part: StatementTerm
    target: Access
    removed_deny: StatementTerm | None = None


class _DiffSearch:
    """The search for one difference: what no old Allow contains, and what an old Deny blocked."""

    def __init__(self, new: Access, old: Access, limits: Access, possible: Access) -> None:
        self.new_allows, self.new_denies = _split_by_effect(new)
        self.old_allows, old_denies = _split_by_effect(old)
        retained = {_statement_content(term) for term in self.new_denies}
        self.removed_denies = tuple(term for term in old_denies if _statement_content(term) not in retained)
        if not self.removed_denies:
            # What both accesses allow, and no removed Deny blocked, is not new.
            old_contents = {_statement_content(term) for term in self.old_allows}
            self.new_allows = tuple(term for term in self.new_allows if _statement_content(term) not in old_contents)
        self.limits = limits
        self.action_patterns = _action_patterns((*self.old_allows, *self.removed_denies, *self.new_denies))
        self.prover = Prover(possible)
        self.undecided: list[tuple[StatementTerm, str]] = []

    def run(self) -> AccessDiff:
        """The entries of each new statement; each statement may use its share of the remaining budget."""
        entries: list[DiffEntry] = []
        not_evaluated: list[StatementTerm] = []
        for index, term in enumerate(self.new_allows):
            try:
                with step_budget(remaining_steps() // min(len(self.new_allows) - index, _BUDGET_SHARES)):
                    for case in self._diff_cases(term):
                        entries += self._find_entries(case)
            except Exhausted:
                not_evaluated.append(term)
        undecided = tuple(dict.fromkeys(self.undecided))
        return AccessDiff(tuple(entries), undecided, tuple(not_evaluated), _INCOMPLETE_REASON if not_evaluated else "")

    def _diff_cases(self, term: StatementTerm) -> Iterator[_DiffCase]:
        """The parts of a statement to search: what no old Allow contains, and what each removed Deny blocked."""
        # Statements that do not overlap this one would only make the search longer.
        granted, denied = (
            union(term_access(other) for other in others if may_overlap(term.statement, other.statement))
            for others in (self.old_allows, self.new_denies)
        )
        allowed = self.limits & term_access(term) - denied
        yield _DiffCase(term, term, allowed - granted)
        earlier_denies: list[Access] = []
        for deny in self.removed_denies:
            if not may_overlap(term.statement, deny.statement):
                continue
            target = allowed & granted & term_access(deny) - union(earlier_denies)
            if self.prover.prove(target).verdict is not Verdict.EMPTY:
                # The language versions may differ: `${` is a variable only in version 2012-10-17.
                same_version = term.variables == deny.variables
                part = (
                    term.with_statement(intersect_statements(term.statement, deny.statement)) if same_version else term
                )
                yield _DiffCase(term, part, target, deny)
            earlier_denies.append(term_access(deny))

    def _find_entries(self, case: _DiffCase) -> Iterator[DiffEntry]:
        """The entries of one case."""
        for narrowed in narrow_statement(case.part, case.target, self.action_patterns, self.prover):
            part = case.term.with_statement(narrowed.statement)
            proof = self.prover.prove(case.target & term_access(part))
            if proof.witness is None:
                self.undecided += [(case.term, proof.reason)] if proof.verdict is Verdict.UNKNOWN else []
                continue
            entry = DiffEntry(
                case.term,
                narrowed.statement,
                proof.witness,
                is_all_new=True,
                future_only=proof.future_only,
                unlisted_only=proof.unlisted_only,
            )
            yield self._complete_entry(entry, part, narrowed, case)

    def _complete_entry(
        self, entry: DiffEntry, part: StatementTerm, narrowed: NarrowedStatement, case: _DiffCase
    ) -> DiffEntry:
        """The entry with its exclusions, removed Deny and condition variant."""
        allowed = term_access(part)
        is_all_new = self.prover.is_empty(allowed - case.target)
        return replace(
            entry,
            is_all_new=is_all_new,
            has_future_actions=narrowed.has_future_actions and not entry.future_only,
            has_unlisted_arns=narrowed.has_unlisted_arns and not entry.unlisted_only,
            exclusions=() if is_all_new else self._find_exclusions(allowed, case),
            removed_deny=case.removed_deny,
            condition_variant=None if case.removed_deny else self._find_condition_variant(part),
        )

    def _find_exclusions(self, allowed: Access, case: _DiffCase) -> tuple[StatementTerm, ...]:
        """The statements that exclude some of what the part allows."""
        restricting = self.new_denies if case.removed_deny else (*self.old_allows, *self.new_denies)
        overlapping = (term for term in restricting if may_overlap(case.part.statement, term.statement))
        return tuple(term for term in overlapping if not self.prover.is_empty(allowed & term_access(term)))

    def _find_condition_variant(self, part: StatementTerm) -> StatementTerm | None:
        """An old statement that allows the whole part under other conditions; None if there is none."""
        unconditional = term_access(_without_conditions(part))
        for term in self.old_allows:
            is_candidate = term.statement.conditions and may_overlap(part.statement, term.statement)
            if is_candidate and self.prover.is_empty(unconditional - term_access(_without_conditions(term))):
                return term
        return None


def _without_conditions(term: StatementTerm) -> StatementTerm:
    return term.with_statement(replace(term.statement, conditions=()))


def _split_by_effect(access: Access) -> tuple[tuple[StatementTerm, ...], tuple[StatementTerm, ...]]:
    """The Allow and the Deny statements of an access."""
    allows = tuple(term for term in access.terms if term.statement.effect is Effect.ALLOW)
    return allows, tuple(term for term in access.terms if term.statement.effect is Effect.DENY)


def _statement_content(term: StatementTerm) -> tuple[Statement, bool]:
    """A statement for comparison, without its Sid."""
    return replace(term.statement, sid=None), term.variables


def _action_patterns(terms: Sequence[StatementTerm]) -> tuple[str, ...]:
    """The action patterns in the statements."""
    return tuple(dict.fromkeys(value for term in terms for value in term.statement.actions.values))
