"""Floors: a property that says something of some cases only must meet enough of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

_counts: list[list[int]] = []  # of each test that runs, the inner one last: cases, and those that count


def counts(case: bool) -> bool:
    """Whether a case counts; the test's floor is told."""
    if _counts:
        _counts[-1][0] += 1
        _counts[-1][1] += bool(case)
    return bool(case)


def floor(share: float) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """At least this share of the cases that a test asks `counts` about must count. It goes outside of `given`."""

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @wraps(test)
        def run(*args: Any, **kwargs: Any) -> None:
            _counts.append([0, 0])
            try:
                test(*args, **kwargs)
                cases, counting = _counts[-1]
            finally:
                _counts.pop()
            assert cases, "no case was met at all"
            assert counting >= share * cases, f"{counting} of {cases} cases count, the floor is {share:.2%}"

        return run

    return decorate
