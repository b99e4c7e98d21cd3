"""The difference between two accesses in portions that people can read: each a statement, with a request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import EVERYTHING, Access, Leaf, union
from iamglue.engine.solve.budget import REASON, SHOWING, Exhausted, left, limited
from iamglue.engine.solve.intersection import may_meet, meeting
from iamglue.engine.solve.narrowing import Narrowed, Prover, alone, narrowed
from iamglue.engine.solve.proof import Verdict
from iamglue.policy.model import Effect, Statement

# No statement may take more of what is left of the budget than one part of so many, unless it is the last ones.
_SHARES = 8
_ENDED = "there is more to it than is shown: " + REASON


@dataclass(frozen=True, slots=True)
class Portion:
    """Some of what the new access holds and the old does not.

    `statement` is that part of the statement of `leaf` in which every action and every resource has such a request;
    `witness` is one. `whole`: all that it allows is new; else `less` are statements that hold some of it back: the
    old access's Allow, the new one's Deny. `lifted` is the old Deny that stood in the way. `conditioned` is an old
    Allow of the same under other conditions. `future`: actions that do not exist yet are in it besides; `unlisted`:
    requests on ARNs that AWS's reference does not list are.
    """

    leaf: Leaf
    statement: Statement
    witness: Request
    whole: bool
    future_only: bool = False
    future: bool = False
    unlisted_only: bool = False
    unlisted: bool = False
    less: tuple[Leaf, ...] = ()
    lifted: Leaf | None = None
    conditioned: Leaf | None = None


@dataclass(frozen=True, slots=True)
class Portions:
    """What was found; `unseen` are new statements that nothing is known of, `reasons` say why."""

    found: tuple[Portion, ...]
    unseen: tuple[Leaf, ...] = ()
    reasons: tuple[str, ...] = ()


def portions(new: Access, old: Access, limits: Access = EVERYTHING) -> Portions:
    """The portions of `new - old` within `limits`. Both are accesses as `access_of` makes them."""
    with limited(SHOWING):
        return _Dissection(new, old, limits).run()


@dataclass(frozen=True, slots=True)
class _Case:
    """A statement, what of it is looked for, and the Deny that it was under."""

    leaf: Leaf
    part: Leaf
    target: Access
    lifted: Leaf | None = None


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

    def run(self) -> Portions:
        """What each new statement adds; each may take its share of the work that is left."""
        found: list[Portion] = []
        unseen: list[Leaf] = []
        for at, leaf in enumerate(self.new_allows):
            try:
                with limited(left() // min(len(self.new_allows) - at, _SHARES)):
                    for case in self._cases(leaf):
                        found += self._portions(case)
            except Exhausted:
                unseen.append(leaf)
        reasons = (*self.reasons, *([_ENDED] if unseen else []))
        return Portions(tuple(found), tuple(unseen), tuple(dict.fromkeys(reasons)))

    def _cases(self, leaf: Leaf) -> Iterator[_Case]:
        # Statements that no request of this one's meets would make the search longer and change nothing.
        granted, denied = (
            union(alone(other) for other in others if may_meet(leaf.statement, other.statement))
            for others in (self.old_allows, self.new_denies)
        )
        allowed = self.limits & alone(leaf) - denied
        yield _Case(leaf, leaf, allowed - granted)
        before: list[Access] = []
        for deny in self.lifted:
            if not may_meet(leaf.statement, deny.statement):
                continue
            target = allowed & granted & alone(deny) - union(before)
            if self.prover.prove(target).verdict is not Verdict.EMPTY:
                # `${` means something in one version of the language and nothing in the other.
                same = leaf.variables == deny.variables
                part = leaf.with_statement(meeting(leaf.statement, deny.statement)) if same else leaf
                yield _Case(leaf, part, target, deny)
            before.append(alone(deny))

    def _portions(self, case: _Case) -> Iterator[Portion]:
        for each in narrowed(case.part, case.target, self.words, self.prover):
            part = case.leaf.with_statement(each.statement)
            proof = self.prover.prove(case.target & alone(part))
            if proof.witness is None:
                self.reasons += [proof.reason] if proof.verdict is Verdict.UNKNOWN else []
                continue
            portion = Portion(
                case.leaf,
                each.statement,
                proof.witness,
                whole=True,
                future_only=proof.future_only,
                unlisted_only=proof.unlisted_only,
            )
            yield self._described(portion, part, each, case)

    def _described(self, portion: Portion, part: Leaf, shown: Narrowed, case: _Case) -> Portion:
        allowed = alone(part)
        whole = self.prover.empty(allowed - case.target)
        return replace(
            portion,
            whole=whole,
            future=shown.future and not portion.future_only,
            unlisted=shown.unlisted and not portion.unlisted_only,
            less=() if whole else self._less(allowed, case),
            lifted=case.lifted,
            conditioned=None if case.lifted else self._conditioned(part),
        )

    def _less(self, allowed: Access, case: _Case) -> tuple[Leaf, ...]:
        held_back = self.new_denies if case.lifted else (*self.old_allows, *self.new_denies)
        met = (leaf for leaf in held_back if may_meet(case.part.statement, leaf.statement))
        return tuple(leaf for leaf in met if not self.prover.empty(allowed & alone(leaf)))

    def _conditioned(self, part: Leaf) -> Leaf | None:
        """An old statement that would allow it all, were it not for its conditions."""
        bare = alone(_without_conditions(part))
        for leaf in self.old_allows:
            met = leaf.statement.conditions and may_meet(part.statement, leaf.statement)
            if met and self.prover.empty(bare - alone(_without_conditions(leaf))):
                return leaf
        return None


def _without_conditions(leaf: Leaf) -> Leaf:
    return leaf.with_statement(replace(leaf.statement, conditions=()))


def _by_effect(access: Access) -> tuple[tuple[Leaf, ...], tuple[Leaf, ...]]:
    allows = tuple(leaf for leaf in access.leaves if leaf.statement.effect is Effect.ALLOW)
    return allows, tuple(leaf for leaf in access.leaves if leaf.statement.effect is Effect.DENY)


def _content(leaf: Leaf) -> tuple[Statement, bool]:
    return replace(leaf.statement, sid=None), leaf.variables


def _patterns(leaves: Sequence[Leaf]) -> tuple[str, ...]:
    """The action patterns that statements are written with."""
    return tuple(dict.fromkeys(value for leaf in leaves for value in leaf.statement.actions.values))
