"""Random values for property tests whose values have so many parts that drawing them takes longer than the test."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


def seeded(make: Callable[[random.Random], T]) -> st.SearchStrategy[T]:
    """What `make` makes of random numbers: hypothesis draws their seed alone.

    Hypothesis cannot make such a value smaller when a test fails, as a simpler seed makes no simpler value. It makes
    lists of them shorter.
    """
    return st.binary(min_size=8, max_size=8).map(lambda seed: make(random.Random(seed)))


def some(chance: random.Random, values: list[T] | tuple[T, ...], most: int) -> tuple[T, ...]:
    """At least one of the values and at most `most`, none of them twice."""
    return tuple(chance.sample(values, chance.randint(1, most)))
