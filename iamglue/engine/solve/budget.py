"""How much work a question may take, counted in steps and not in seconds, so that an answer is the same everywhere.

A step is a small piece of work: a state of a glob, a statement held against a request, a node of a search. Whoever
asks a question sets a budget with `limited`; the work inside it reports its steps with `spend`, which raises
Exhausted once there are more than the budget has. The answer is then "not known", with `REASON`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

# For one proof; for all that is said of one difference between two policies, and each of the proofs for that.
PROOF_STEPS = 800_000
DIFF_STEPS = 600_000
DIFF_PROOF_STEPS = 75_000
# For a first look at each part of what a proof is about.
FIRST_PASS_STEPS = 20_000
# For all proofs that statements of a policy are covered by others.
REDUNDANCY_STEPS = 3_000_000

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")

EXHAUSTED_REASON = "it would take more work than is done for one question"


class Exhausted(Exception):
    """The budget is used up."""


@dataclass(slots=True)
class Budget:
    """A number of steps and how many of them were taken."""

    steps: int
    spent: int = 0

    @property
    def remaining(self) -> int:
        """The steps that may still be taken."""
        return self.steps - self.spent


# Where there is no budget.
_WITHOUT = 1 << 40

_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


def spend(steps: int = 1) -> None:
    """Count some work. Raises Exhausted where that is more than the budget has."""
    budget = _current.get()
    if budget is not None:
        budget.spent += steps
        if budget.spent > budget.steps:
            raise Exhausted


@contextmanager
def step_budget(steps: int) -> Iterator[Budget]:
    """A budget for the work inside: of so many steps, but of no more than the budget around it has left."""
    around = _current.get()
    budget = Budget(steps if around is None else max(0, min(steps, around.remaining)))
    token = _current.set(budget)
    try:
        yield budget
    finally:
        _current.reset(token)
        if around is not None:
            around.spent += budget.spent


def remaining_steps() -> int:
    """The steps that the budget has left."""
    budget = _current.get()
    return _WITHOUT if budget is None else max(0, budget.remaining)


def budgeted_cache(most: int, maxsize: int = 16384) -> Callable[[Callable[_Given, _Result]], Callable[_Given, _Result]]:
    """Remembers what a function returns, and what it spent: the budget is charged the same each time.

    The function has a budget of its own, so that what it returns does not depend on what was done before: `most`, or
    what a quarter of the budget around it comes to. It has to answer Exhausted with what it has.
    """

    def decorated(function: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
        whole: dict[Hashable, tuple[_Result, int]] = {}
        cut: dict[Hashable, tuple[_Result, int]] = {}

        @wraps(function)
        def charged(*given: _Given.args, **named: _Given.kwargs) -> _Result:
            # Powers of two, as what is cut short is remembered for each number.
            steps = min(most, 1 << max(remaining_steps() // 4, 1).bit_length() - 1)
            key: Hashable = (given, tuple(named.items()))
            known = whole.get(key)
            if known is None or known[1] > steps:
                known = cut.get((key, steps))
            if known is None:
                token = _current.set(budget := Budget(steps))
                try:
                    known = (function(*given, **named), min(budget.spent, steps))
                finally:
                    _current.reset(token)
                kept, key = (whole, key) if budget.spent <= steps else (cut, (key, steps))
                if len(kept) >= maxsize:
                    kept.clear()
                kept[key] = known
            spend(known[1])
            return known[0]

        return charged

    return decorated
