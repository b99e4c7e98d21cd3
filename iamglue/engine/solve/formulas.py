"""Formulas over statements: what can still come of them when some statements are not decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from iamglue.engine.evaluate.truth import Truth
from iamglue.engine.solve.budget import spend

# Takes what is known of each statement, by its place.
Formula = Callable[[Sequence[Truth]], Truth]
# So much work is worth it before the answer is a plain "perhaps".
_WORK = 4096
# So many statements of a formula are looked at in a step.
_LEAVES = 4


def is_possible(formula: Formula, truths: Sequence[Truth]) -> bool:
    """Whether some way to decide the undecided statements makes the formula true; True also where that is not clear."""
    return _Trial(formula, list(truths)).run(0)


class _Trial:
    """Tries the undecided statements one after another, each way, for as long as the formula stays open."""

    def __init__(self, formula: Formula, truths: list[Truth]) -> None:
        self.formula = formula
        self.truths = truths
        self.left = _WORK // (len(truths) + 1) + 8

    def run(self, at: int) -> bool:
        spend(1 + len(self.truths) // _LEAVES)
        known = self.formula(self.truths)
        self.left -= 1
        if known is not None or self.left < 0:
            return known is not False
        while self.truths[at] is not None:
            at += 1
        for choice in (True, False):
            self.truths[at] = choice
            if self.run(at + 1):
                self.truths[at] = None
                return True
        self.truths[at] = None
        return False
