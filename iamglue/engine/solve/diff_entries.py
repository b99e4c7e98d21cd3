"""The difference between two accesses in portions that people can read: each a statement, with a request."""

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

# No statement may take more of what is left of the budget than one part of so many, unless it is the last ones.
_SHARES = 8
_ENDED = "there is more to it than is shown: " + EXHAUSTED_REASON


@dataclass(frozen=True, slots=True)
class DiffEntry:
    """Some of what the new access holds and the old does not.

    `statement` is that part of the statement of `leaf` in which every action and every resource has such a request;
    `witness` is one. `whole`: all that it allows is new; else `less` are statements that hold some of it back: the
    old access's Allow, the new one's Deny. `lifted` is the old Deny that stood in the way. `conditioned` is an old
    Allow of the same under other conditions. `future`: actions that do not exist yet are in it besides; `unlisted`:
    requests on ARNs that AWS's reference does not list are.
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
    """What was found; `unseen` are new statements that nothing is known of, `reasons` say why."""

    entries: tuple[DiffEntry, ...]
    undecided: tuple[StatementTerm, ...] = ()
    reasons: tuple[str, ...] = ()


def find_access_diff(new: Access, old: Access, limits: Access = EVERYTHING) -> AccessDiff:
    """The portions of `new - old` within `limits`. Both are accesses as `access_of` makes them."""
    with step_budget(DIFF_STEPS):
        return _Dissection(new, old, limits).run()


@dataclass(frozen=True, slots=True)
class _Case:
    """A statement, what of it is looked for, and the Deny that it was under."""

    leaf: StatementTerm
    part: StatementTerm
    target: Access
    lifted: StatementTerm | None = None


class _Dissection:
    """One difference. What no old Allow holds is new; so is what one holds but an old Deny held back."""

    def __init__(self, new: Access, old: Access, limits: Access) -> None:
        self.new_allows, self.new_denies = _by_effect(new)
        self.old_allows, old_denies = _by_effect(old)
        kept = {_content(leaf) for leaf in self.new_denies}
        self.lifted = tuple(leaf for leaf in old_denies if _content(leaf) not in kept)
        if not self.lifted:
            # What both sides allow, and no Deny of the old one held back, is not new.
            known = {_content(leaf) for leaf in self.old_allows}
            self.new_allows = tuple(leaf for leaf in self.new_allows if _content(leaf) not in known)
        self.limits = limits
        self.words = _patterns((*self.old_allows, *self.lifted, *self.new_denies))
        self.prover = Prover()
        self.reasons: list[str] = []

    def run(self) -> AccessDiff:
        """What each new statement adds; each may take its share of the work that is left."""
        found: list[DiffEntry] = []
        unseen: list[StatementTerm] = []
        for at, leaf in enumerate(self.new_allows):
            try:
                with step_budget(remaining_steps() // min(len(self.new_allows) - at, _SHARES)):
                    for case in self._cases(leaf):
                        found += self._portions(case)
            except Exhausted:
                unseen.append(leaf)
        reasons = (*self.reasons, *([_ENDED] if unseen else []))
        return AccessDiff(tuple(found), tuple(unseen), tuple(dict.fromkeys(reasons)))

    def _cases(self, leaf: StatementTerm) -> Iterator[_Case]:
        # Statements that no request of this one's meets would make the search longer and change nothing.
        granted, denied = (
            union(term_access(other) for other in others if may_overlap(leaf.statement, other.statement))
            for others in (self.old_allows, self.new_denies)
        )
        allowed = self.limits & term_access(leaf) - denied
        yield _Case(leaf, leaf, allowed - granted)
        before: list[Access] = []
        for deny in self.lifted:
            if not may_overlap(leaf.statement, deny.statement):
                continue
            target = allowed & granted & term_access(deny) - union(before)
            if self.prover.prove(target).verdict is not Verdict.EMPTY:
                # `${` means something in one version of the language and nothing in the other.
                same = leaf.variables == deny.variables
                part = leaf.with_statement(intersect_statements(leaf.statement, deny.statement)) if same else leaf
                yield _Case(leaf, part, target, deny)
            before.append(term_access(deny))

    def _portions(self, case: _Case) -> Iterator[DiffEntry]:
        for each in narrow_statement(case.part, case.target, self.words, self.prover):
            part = case.leaf.with_statement(each.statement)
            proof = self.prover.prove(case.target & term_access(part))
            if proof.witness is None:
                self.reasons += [proof.reason] if proof.verdict is Verdict.UNKNOWN else []
                continue
            portion = DiffEntry(
                case.leaf,
                each.statement,
                proof.witness,
                is_all_new=True,
                future_only=proof.future_only,
                unlisted_only=proof.unlisted_only,
            )
            yield self._described(portion, part, each, case)

    def _described(self, portion: DiffEntry, part: StatementTerm, shown: NarrowedStatement, case: _Case) -> DiffEntry:
        allowed = term_access(part)
        whole = self.prover.is_empty(allowed - case.target)
        return replace(
            portion,
            is_all_new=whole,
            has_future_actions=shown.has_future_actions and not portion.future_only,
            has_unlisted_arns=shown.has_unlisted_arns and not portion.unlisted_only,
            exclusions=() if whole else self._less(allowed, case),
            removed_deny=case.lifted,
            condition_variant=None if case.lifted else self._conditioned(part),
        )

    def _less(self, allowed: Access, case: _Case) -> tuple[StatementTerm, ...]:
        held_back = self.new_denies if case.lifted else (*self.old_allows, *self.new_denies)
        met = (leaf for leaf in held_back if may_overlap(case.part.statement, leaf.statement))
        return tuple(leaf for leaf in met if not self.prover.is_empty(allowed & term_access(leaf)))

    def _conditioned(self, part: StatementTerm) -> StatementTerm | None:
        """An old statement that would allow it all, were it not for its conditions."""
        bare = term_access(_without_conditions(part))
        for leaf in self.old_allows:
            met = leaf.statement.conditions and may_overlap(part.statement, leaf.statement)
            if met and self.prover.is_empty(bare - term_access(_without_conditions(leaf))):
                return leaf
        return None


def _without_conditions(leaf: StatementTerm) -> StatementTerm:
    return leaf.with_statement(replace(leaf.statement, conditions=()))


def _by_effect(access: Access) -> tuple[tuple[StatementTerm, ...], tuple[StatementTerm, ...]]:
    allows = tuple(leaf for leaf in access.terms if leaf.statement.effect is Effect.ALLOW)
    return allows, tuple(leaf for leaf in access.terms if leaf.statement.effect is Effect.DENY)


def _content(leaf: StatementTerm) -> tuple[Statement, bool]:
    return replace(leaf.statement, sid=None), leaf.variables


def _patterns(leaves: Sequence[StatementTerm]) -> tuple[str, ...]:
    """The action patterns that statements are written with."""
    return tuple(dict.fromkeys(value for leaf in leaves for value in leaf.statement.actions.values))
