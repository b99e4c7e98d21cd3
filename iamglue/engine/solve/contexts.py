"""The search for a context that satisfies a formula of conditions: key by key, with early backtracking."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from iamglue.engine.evaluate.truth import Truth
from iamglue.engine.solve.access import StatementTerm
from iamglue.engine.solve.budget import spend
from iamglue.engine.solve.formulas import Formula
from iamglue.engine.solve.key_cases import KeyCase, KeyCases, key_cases
from iamglue.engine.solve.principal_keys import KeyTests, KeyTruths
from iamglue.policy.conditions import Condition

# The limit of partial contexts for one resource.
_MAX_NODES = 20_000
# The limit of contexts that no request can have, in one search.
_MAX_REJECTIONS = 100
# The number of terms that are updated in one step.
_TERMS_PER_STEP = 4
# A condition, and whether it has variables: policies of version 2008-10-17 have none.
_Test = tuple[Condition, bool]
ContextValues = dict[str, tuple[str, ...]]
CanExist = Callable[[ContextValues], bool]


@dataclass(frozen=True, slots=True)
class Solution:
    """A context that satisfies the formula, or None; and why the search may be incomplete.

    `has_undecided` is whether some key has cases that AWS does not document. The search uses them only with
    `include_undecided`.
    """

    context: ContextValues | None
    incomplete_reason: str = ""
    has_undecided: bool = False


def find_context(
    problem: FormulaProblem,
    truths: Sequence[Truth],
    key_truths: KeyTruths = (),
    *,
    include_undecided: bool,
    can_exist: CanExist | None = None,
) -> Solution:
    """Find a context that satisfies a formula whose terms are False, or as true as their conditions.

    `truths` has for each term: False, True if it has no conditions, None if its conditions decide. `key_truths` are
    known results of the problem's key tests. With `include_undecided`, results that AWS does not document may be
    either. `can_exist` says whether a request can have a context: the search chooses the values of each key by itself.
    """
    decided = problem.formula(truths)
    if decided is not None:
        return Solution({} if decided else None)
    solve = partial(_Solver, problem, include_undecided=include_undecided, can_exist=can_exist)
    solver = solve(list(truths), dict(key_truths))
    solution = solver.run()
    if solution.context is not None or not solver.rejections:
        return solution
    context = solve(list(truths), dict(key_truths), is_exhaustive=True).run().context
    reasons = () if context else (solution.incomplete_reason, _contradiction(key for key, _, _ in solver.keys))
    return replace(solution, context=context, incomplete_reason="; ".join(filter(None, reasons)))


def _contradiction(keys: Iterable[str]) -> str:
    """Why no request was found, although each key by itself has a value that conditions allow."""
    return f"it depends on whether a request can have such values of {' and '.join(sorted(keys))}"


@dataclass(frozen=True, slots=True)
class FormulaProblem:
    """A formula of terms. A term's polarity is 1 if it can only help the formula, -1 if it can only hurt, else 0."""

    formula: Formula
    terms: tuple[StatementTerm, ...]
    polarities: tuple[int, ...]
    key_tests: KeyTests = field(default_factory=dict)


class _Solver:
    """One search. It counts down a term's open tests: the term is True when none is left, False when one fails."""

    def __init__(
        self,
        problem: FormulaProblem,
        truths: list[Truth],
        key_truths: dict[str, tuple[Truth, ...]],
        *,
        include_undecided: bool,
        can_exist: CanExist | None = None,
        is_exhaustive: bool = False,
    ) -> None:
        self.formula = problem.formula
        self.key_tests = problem.key_tests
        self.key_truths = key_truths
        self.truths = truths
        self.include_undecided = include_undecided
        self.can_exist = can_exist
        self.is_exhaustive = is_exhaustive
        self.nodes = 0
        self.rejections = 0
        self.incomplete_reasons: list[str] = []
        self.has_undecided = False
        self.open_tests: dict[int, int] = {}
        terms_by_test: dict[_Test, list[int]] = {}
        for index, term in enumerate(problem.terms):
            if truths[index] is None:
                tests = {(condition, term.variables) for condition in term.statement.conditions}
                self.open_tests[index] = len(tests)
                for test in tests:
                    terms_by_test.setdefault(test, []).append(index)
        by_key: dict[str, list[_Test]] = {}
        for test in sorted(terms_by_test, key=repr):
            by_key.setdefault(test[0].key.lower(), []).append(test)
        self.keys = sorted(
            (
                self._build_key(key, tests, [terms_by_test[test] for test in tests], problem.polarities)
                for key, tests in by_key.items()
            ),
            key=lambda item: len(item[1]),
        )

    def _build_key(
        self, key: str, tests: list[_Test], terms_by_test: list[list[int]], term_polarities: Sequence[int]
    ) -> tuple[str, tuple[KeyCase, ...], list[list[int]]]:
        """The spelling of a key, its cases to try, and the terms that use each test."""
        # If one policy has variables and another does not, both read `${` as a variable here, so the search may be
        # incomplete.
        variables = {with_variables for _, with_variables in tests}
        all_cases = self._build_cases(key, tuple(test for test, _ in tests), variables=True in variables)
        mixed = len(variables) > 1 and any("${" in value for test, _ in tests for value in test.values)
        incomplete_reason = all_cases.incomplete_reason or (
            "conditions with `${...}` in policies of different versions" if mixed else ""
        )
        if incomplete_reason:
            self.incomplete_reasons.append(incomplete_reason)
        cases = (
            all_cases.cases if self.include_undecided else tuple(case for case in all_cases.cases if case.is_certain)
        )
        self.has_undecided = self.has_undecided or any(not case.is_certain for case in all_cases.cases)
        polarities = [
            _common_polarity({term_polarities[index] for index in term_indexes}) for term_indexes in terms_by_test
        ]
        # The context uses a spelling of the key that occurs in the policies.
        spelling = min(test.key for test, _ in tests)
        return spelling, cases if self.is_exhaustive else _remove_dominated(cases, polarities), terms_by_test

    def _build_cases(self, key: str, tests: tuple[Condition, ...], *, variables: bool) -> KeyCases:
        """The cases of a key that agree with its known test results."""
        key_truths = self.key_truths.get(key)
        if key_truths is None:
            return key_cases(key, tests, variables=variables)
        combined = key_cases(key, (*tests, *self.key_tests[key]), variables=variables)
        test_count = len(tests)
        agreeing = (case for case in combined.cases if case.truths[test_count:] == key_truths)
        return KeyCases(
            tuple(replace(case, truths=case.truths[:test_count]) for case in agreeing), combined.incomplete_reason
        )

    def run(self) -> Solution:
        """Search all keys."""
        context = self._search(0, {})
        reasons = list(dict.fromkeys(self.incomplete_reasons))
        if self.nodes > _MAX_NODES:
            reasons.append("too many combinations of condition keys")
        return Solution(context, "; ".join(reasons), self.has_undecided)

    def _search(self, key_index: int, context: ContextValues) -> ContextValues | None:
        """Try the cases of the key at this index and of all later keys."""
        spend(1 + len(self.truths) // _TERMS_PER_STEP)
        decided = self.formula(self.truths)
        if decided is False or self.rejections > _MAX_REJECTIONS:
            return None
        if decided:
            if self.can_exist is None or self.can_exist(context):
                return dict(context)
            self.rejections += 1
            if not self.is_exhaustive:
                return None
        self.nodes += 1
        if key_index == len(self.keys) or self.nodes > _MAX_NODES:
            return None
        key, cases, term_indexes = self.keys[key_index]
        for case in cases:
            undo = self._assume(case.truths, term_indexes)
            if case.values:
                context[key] = case.values
            solution = self._search(key_index + 1, context)
            context.pop(key, None)
            for index, truth, count in reversed(undo):
                self.truths[index], self.open_tests[index] = truth, count
            if solution is not None:
                return solution
        return None

    def _assume(self, truths: Sequence[bool], terms_by_test: Sequence[list[int]]) -> list[tuple[int, Truth, int]]:
        """Apply the results of one case; returns what to restore afterwards."""
        spend(1 + len(terms_by_test) // _TERMS_PER_STEP)
        undo = []
        for truth, term_indexes in zip(truths, terms_by_test, strict=True):
            for index in term_indexes:
                undo.append((index, self.truths[index], self.open_tests[index]))
                if not truth:
                    self.truths[index] = False
                else:
                    self.open_tests[index] -= 1
                    if not self.open_tests[index] and self.truths[index] is None:
                        self.truths[index] = True
        return undo


def _common_polarity(polarities: set[int]) -> int:
    """The polarity that all terms share, else 0."""
    return polarities.pop() if len(polarities) == 1 else 0


def _remove_dominated(cases: Sequence[KeyCase], polarities: Sequence[int]) -> tuple[KeyCase, ...]:
    """The cases that no other case dominates.

    A test that can only help the formula should hold, and one that can only hurt it should not.
    """
    remaining: list[KeyCase] = []
    for case in cases:
        spend(1 + len(remaining))
        if any(_dominates(other_case, case, polarities) for other_case in remaining):
            continue
        remaining = [other_case for other_case in remaining if not _dominates(case, other_case, polarities)]
        remaining.append(case)
    return tuple(remaining)


def _dominates(case: KeyCase, other_case: KeyCase, polarities: Sequence[int]) -> bool:
    """Whether `case` satisfies the formula whenever `other_case` does."""
    return all(
        a == b or (polarity > 0 and a) or (polarity < 0 and b)
        for a, b, polarity in zip(case.truths, other_case.truths, polarities, strict=True)
    )
