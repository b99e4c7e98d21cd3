"""A budget of work for one question, counted in steps instead of seconds, so that results are reproducible.

A step is a small piece of work: a state of a glob, a statement compared with a request, a node of a search. A caller
sets a budget with `step_budget`; the work inside it reports its steps with `spend`, which raises Exhausted when the
budget is used up. The result is then "unknown", with `EXHAUSTED_REASON`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

# For one proof; for the whole difference of two policies; for each proof of that difference.
PROOF_STEPS = 800_000
DIFF_STEPS = 600_000
DIFF_PROOF_STEPS = 75_000
# For the proofs about resource types that the reference does not list, of all services of an access.
OTHER_TYPES_STEPS = 3_000_000
# For the first pass over each part of a proof.
FIRST_PASS_STEPS = 20_000
# For all proofs that other statements of a policy cover a statement.
REDUNDANCY_STEPS = 3_000_000

_Params = ParamSpec("_Params")
_Result = TypeVar("_Result")

EXHAUSTED_REASON = "the analysis reached its limit of steps"


class Exhausted(Exception):
    """Raised when the budget is used up."""


@dataclass(slots=True)
class Budget:
    """A number of steps, and how many of them are spent."""

    steps: int
    spent: int = 0

    @property
    def remaining(self) -> int:
        """The steps that are left."""
        return self.steps - self.spent


# The remaining steps if no budget is set.
_UNLIMITED = 1 << 40

_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


def spend(steps: int = 1) -> None:
    """Count some work. Raises Exhausted if the budget has fewer steps left."""
    budget = _current.get()
    if budget is not None:
        budget.spent += steps
        if budget.spent > budget.steps:
            raise Exhausted


@contextmanager
def step_budget(steps: int) -> Iterator[Budget]:
    """Set a budget for the work inside: `steps`, but not more than the outer budget has left."""
    outer = _current.get()
    budget = Budget(steps if outer is None else max(0, min(steps, outer.remaining)))
    token = _current.set(budget)
    try:
        yield budget
    finally:
        _current.reset(token)
        if outer is not None:
            outer.spent += budget.spent


def remaining_steps() -> int:
    """The steps that the current budget has left."""
    budget = _current.get()
    return _UNLIMITED if budget is None else max(0, budget.remaining)


def budgeted_cache(
    max_steps: int, maxsize: int = 16384
) -> Callable[[Callable[_Params, _Result]], Callable[_Params, _Result]]:
    """Cache a function's results together with the steps it spent, and spend the same steps on each call.

    The function gets its own budget, so its result does not depend on earlier work: `max_steps`, or a quarter of what
    the outer budget has left if that is less. The function must catch Exhausted and return its partial result.
    """

    def decorate(function: Callable[_Params, _Result]) -> Callable[_Params, _Result]:
        complete_results: dict[Hashable, tuple[_Result, int]] = {}
        truncated_results: dict[Hashable, tuple[_Result, int]] = {}

        @wraps(function)
        def cached(*args: _Params.args, **kwargs: _Params.kwargs) -> _Result:
            # Rounded down to a power of two, because truncated results are cached for each budget.
            steps = min(max_steps, 1 << max(remaining_steps() // 4, 1).bit_length() - 1)
            key: Hashable = (args, tuple(kwargs.items()))
            entry = complete_results.get(key)
            if entry is None or entry[1] > steps:
                entry = truncated_results.get((key, steps))
            if entry is None:
                token = _current.set(budget := Budget(steps))
                try:
                    entry = (function(*args, **kwargs), min(budget.spent, steps))
                finally:
                    _current.reset(token)
                cache, key = (complete_results, key) if budget.spent <= steps else (truncated_results, (key, steps))
                if len(cache) >= maxsize:
                    cache.clear()
                cache[key] = entry
            spend(entry[1])
            return entry[0]

        return cached

    return decorate
