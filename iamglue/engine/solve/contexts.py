"""Which context makes a formula of conditions true: key by key, giving up a branch as soon as it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from iamglue.engine.evaluate.truth import Truth
from iamglue.engine.solve.access import StatementTerm
from iamglue.engine.solve.budget import spend
from iamglue.engine.solve.formulas import Formula
from iamglue.engine.solve.key_cases import KeyCase, KeyCases, key_cases
from iamglue.engine.solve.principal_keys import KeyTests, KeyTruths
from iamglue.policy.conditions import Condition

# More partial contexts than this are not looked at for one resource.
_NODES = 20_000
# So many leaves are looked at in a step.
_LEAVES = 4
# A condition as it is tested: policies of version 2008-10-17 know no variables.
_Test = tuple[Condition, bool]


@dataclass(frozen=True, slots=True)
class Solution:
    """A context that makes the formula true (None: there is none), and why there may be one that was not seen.

    `guesses`: some key has cases that AWS does not decide; they were looked at only if asked for.
    """

    context: dict[str, tuple[str, ...]] | None
    incomplete_reason: str = ""
    has_undecided: bool = False


def find_context(problem: Problem, truths: Sequence[Truth], given: KeyTruths = (), *, guess: bool) -> Solution:
    """A context for a formula whose leaves are False, or hold if their conditions do.

    `truths` says of each leaf: False, True if it has no conditions to meet, None if its conditions decide. `given` is
    what the problem's tests of keys come to for whoever calls. With `guess`, what AWS does not decide may come out as
    it serves the formula.
    """
    known = problem.formula(truths)
    if known is not None:
        return Solution({} if known else None)
    return _Solver(problem, list(truths), dict(given), guess=guess).run()


@dataclass(frozen=True, slots=True)
class Problem:
    """A formula of leaves; a leaf's sign is 1 where it can only help the formula, -1 where it can only hurt, else 0."""

    formula: Formula
    terms: tuple[StatementTerm, ...]
    polarities: tuple[int, ...]
    key_tests: KeyTests = field(default_factory=dict)


class _Solver:
    """One search. A leaf's open tests are counted down; it is True when none is left and False when one fails."""

    def __init__(
        self, problem: Problem, truths: list[Truth], given: dict[str, tuple[Truth, ...]], *, guess: bool
    ) -> None:
        self.formula = problem.formula
        self.key_tests = problem.key_tests
        self.given = given
        self.truths = truths
        self.guess = guess
        self.nodes = 0
        self.gaps: list[str] = []
        self.guesses = False
        self.open: dict[int, int] = {}
        users: dict[_Test, list[int]] = {}
        for at, leaf in enumerate(problem.terms):
            if truths[at] is None:
                tests = {(each, leaf.variables) for each in leaf.statement.conditions}
                self.open[at] = len(tests)
                for test in tests:
                    users.setdefault(test, []).append(at)
        by_key: dict[str, list[_Test]] = {}
        for test in sorted(users, key=repr):
            by_key.setdefault(test[0].key.lower(), []).append(test)
        self.keys = sorted(
            (
                self._key(key, tests, [users[test] for test in tests], problem.polarities)
                for key, tests in by_key.items()
            ),
            key=lambda item: len(item[1]),
        )

    def _key(
        self, key: str, tests: list[_Test], users: list[list[int]], signs: Sequence[int]
    ) -> tuple[str, tuple[KeyCase, ...], list[list[int]]]:
        # Where one policy knows variables and the other does not, `${` is read as a variable by both; then there may
        # be contexts that are not seen.
        variables = {with_variables for _, with_variables in tests}
        found = self._cases(key, tuple(test for test, _ in tests), variables=True in variables)
        mixed = len(variables) > 1 and any("${" in value for test, _ in tests for value in test.values)
        gap = found.incomplete_reason or ("variables in policies of different versions" if mixed else "")
        if gap:
            self.gaps.append(gap)
        cases = found.cases if self.guess else tuple(case for case in found.cases if case.is_certain)
        self.guesses = self.guesses or any(not case.is_certain for case in found.cases)
        wanted = [_sign({signs[leaf] for leaf in leaves}) for leaves in users]
        # A request's context names the key as the policies do.
        return min(test.key for test, _ in tests), _undominated(cases, wanted), users

    def _cases(self, key: str, tests: tuple[Condition, ...], *, variables: bool) -> KeyCases:
        """The cases of a key, of those that agree with what is given of it."""
        given = self.given.get(key)
        if given is None:
            return key_cases(key, tests, variables=variables)
        found = key_cases(key, (*tests, *self.key_tests[key]), variables=variables)
        end = len(tests)
        agreeing = (case for case in found.cases if case.truths[end:] == given)
        return KeyCases(tuple(replace(case, truths=case.truths[:end]) for case in agreeing), found.incomplete_reason)

    def run(self) -> Solution:
        context = self._search(0, {})
        gaps = list(dict.fromkeys(self.gaps))
        if self.nodes > _NODES:
            gaps.append("too many combinations of condition keys")
        return Solution(context, "; ".join(gaps), self.guesses)

    def _search(self, at: int, context: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]] | None:
        spend(1 + len(self.truths) // _LEAVES)
        known = self.formula(self.truths)
        if known is not None:
            return dict(context) if known else None
        self.nodes += 1
        if at == len(self.keys) or self.nodes > _NODES:
            return None
        key, cases, users = self.keys[at]
        for case in cases:
            undo = self._assume(case.truths, users)
            if case.values:
                context[key] = case.values
            solution = self._search(at + 1, context)
            context.pop(key, None)
            for leaf, truth, count in reversed(undo):
                self.truths[leaf], self.open[leaf] = truth, count
            if solution is not None:
                return solution
        return None

    def _assume(self, truths: Sequence[bool], users: Sequence[list[int]]) -> list[tuple[int, Truth, int]]:
        """Takes note of one case; what to put back afterwards."""
        spend(1 + len(users) // _LEAVES)
        undo = []
        for truth, leaves in zip(truths, users, strict=True):
            for leaf in leaves:
                undo.append((leaf, self.truths[leaf], self.open[leaf]))
                if not truth:
                    self.truths[leaf] = False
                else:
                    self.open[leaf] -= 1
                    if not self.open[leaf] and self.truths[leaf] is None:
                        self.truths[leaf] = True
        return undo


def _sign(signs: set[int]) -> int:
    return signs.pop() if len(signs) == 1 else 0


def _undominated(cases: Sequence[KeyCase], wanted: Sequence[int]) -> tuple[KeyCase, ...]:
    """The cases that no other is at least as good as: a test that can only help should hold, and so on."""
    kept: list[KeyCase] = []
    for case in cases:
        spend(1 + len(kept))
        if any(_serves(other, case, wanted) for other in kept):
            continue
        kept = [other for other in kept if not _serves(case, other, wanted)]
        kept.append(case)
    return tuple(kept)


def _serves(one: KeyCase, other: KeyCase, wanted: Sequence[int]) -> bool:
    """Whether `one` makes the formula true wherever `other` does."""
    return all(
        a == b or (sign > 0 and a) or (sign < 0 and b)
        for a, b, sign in zip(one.truths, other.truths, wanted, strict=True)
    )
