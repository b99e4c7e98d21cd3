"""How much work a question may take, counted in steps and not in seconds, so that an answer is the same everywhere.

A step is a small piece of work: a state of a glob, a statement held against a request, a node of a search. Whoever
asks a question sets a budget with `limited`; the work inside it reports its steps with `spend`, which raises
Exhausted once there are more than the budget has. The answer is then "not known", with `REASON`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

# For one proof, and for all that is said of one difference between two policies.
PROOF = 1_000_000
SHOWING = 500_000
# For all proofs of a command that shortens one policy, or that a rule makes of one.
COMPACTION = 2_000_000
RULE = 200_000

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")

REASON = "it would take more work than is done for one question"


class Exhausted(Exception):
    """The budget is used up."""


@dataclass(slots=True)
class Budget:
    """A number of steps and how many of them were taken."""

    steps: int
    spent: int = 0

    @property
    def left(self) -> int:
        """The steps that may still be taken."""
        return self.steps - self.spent


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


def spend(steps: int = 1) -> None:
    """Count some work. Raises Exhausted where that is more than the budget has."""
    budget = _current.get()
    if budget is not None:
        budget.spent += steps
        if budget.spent > budget.steps:
            raise Exhausted


@contextmanager
def limited(steps: int) -> Iterator[Budget]:
    """A budget for the work inside: of so many steps, but of no more than the budget around it has left."""
    around = _current.get()
    budget = Budget(steps if around is None else max(0, min(steps, around.left)))
    token = _current.set(budget)
    try:
        yield budget
    finally:
        _current.reset(token)
        if around is not None:
            around.spent += budget.spent


def left() -> int | None:
    """The steps that the budget has left; None where there is no budget."""
    budget = _current.get()
    return None if budget is None else budget.left


def remembered(
    most: int, maxsize: int = 16384
) -> Callable[[Callable[_Given, _Result]], Callable[_Given, _Result]]:
    """Remembers what a function returns, and what it spent: the budget is charged the same each time.

    The function has a budget of its own, `most`, so that what it returns does not depend on what was done before. It
    has to take Exhausted for an answer.
    """

    def decorated(function: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
        @lru_cache(maxsize=maxsize)
        def measured(*given: Any, **named: Any) -> tuple[_Result, int]:
            token = _current.set(Budget(most))
            try:
                result = function(*given, **named)
                budget = _current.get()
                return result, 0 if budget is None else budget.spent
            finally:
                _current.reset(token)

        @wraps(function)
        def charged(*given: _Given.args, **named: _Given.kwargs) -> _Result:
            result, spent = measured(*given, **named)
            spend(spent)
            return result

        return charged

    return decorated
