"""Formulas over statements, and whether they can still become true when some statements are undecided."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from iamglue.engine.evaluate.truth import Truth
from iamglue.engine.solve.budget import spend

# Its argument has the truth value of each statement, by index.
Formula = Callable[[Sequence[Truth]], Truth]
# The limit of work; with more, the result is True.
_MAX_WORK = 4096
# The number of statements that are evaluated in one step.
_TERMS_PER_STEP = 4


def is_possible(formula: Formula, truths: Sequence[Truth]) -> bool:
    """Whether some values of the undecided statements make the formula true; True if that is not clear."""
    return _Satisfier(formula, list(truths)).run(0)


class _Satisfier:
    """Tries both values of each undecided statement while the formula is undecided."""

    def __init__(self, formula: Formula, truths: list[Truth]) -> None:
        self.formula = formula
        self.truths = truths
        self.left = _MAX_WORK // (len(truths) + 1) + 8

    def run(self, index: int) -> bool:
        """Whether some values of the statements from this index on make the formula true."""
        spend(1 + len(self.truths) // _TERMS_PER_STEP)
        decided = self.formula(self.truths)
        self.left -= 1
        if decided is not None or self.left < 0:
            return decided is not False
        while self.truths[index] is not None:
            index += 1
        for choice in (True, False):
            self.truths[index] = choice
            if self.run(index + 1):
                self.truths[index] = None
                return True
        self.truths[index] = None
        return False
