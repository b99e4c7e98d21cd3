"""What functions require, built at first access, in the process that accesses it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TypeVar, overload

from iamglue.findings import NotEvaluated

_Required = TypeVar("_Required")


class LazyRequirements(Sequence[tuple[str, _Required]]):
    """What functions require, by name; building it also collects what could not be built."""

    def __init__(self, build: Callable[[], tuple[Sequence[tuple[str, _Required]], Sequence[NotEvaluated]]]) -> None:
        self._build = build

    @cached_property
    def _result(self) -> tuple[Sequence[tuple[str, _Required]], Sequence[NotEvaluated]]:
        return self._build()

    @property
    def not_evaluated(self) -> Sequence[NotEvaluated]:
        """What could not be built, and why."""
        return self._result[1]

    def __len__(self) -> int:
        return len(self._result[0])

    @overload
    def __getitem__(self, index: int) -> tuple[str, _Required]: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[tuple[str, _Required]]: ...

    def __getitem__(self, index: int | slice) -> tuple[str, _Required] | Sequence[tuple[str, _Required]]:
        return self._result[0][index]
