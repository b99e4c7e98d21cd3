"""Permission sets that are built at first access, in the process that accesses them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, overload

from iamglue.findings import NotEvaluated

if TYPE_CHECKING:  # startup: only code that reads specs needs it
    from iamglue.model.permission_set import PermissionSet

NamedPermissionSet = tuple[str, "PermissionSet"]


class LazyPermissionSets(Sequence[NamedPermissionSet]):
    """The permission sets of functions, by name; building them also collects what could not be built."""

    def __init__(self, build: Callable[[], tuple[Sequence[NamedPermissionSet], Sequence[NotEvaluated]]]) -> None:
        self._build = build

    @cached_property
    def _result(self) -> tuple[Sequence[NamedPermissionSet], Sequence[NotEvaluated]]:
        return self._build()

    @property
    def not_evaluated(self) -> Sequence[NotEvaluated]:
        """What could not be built, and why."""
        return self._result[1]

    def __len__(self) -> int:
        return len(self._result[0])

    @overload
    def __getitem__(self, index: int) -> NamedPermissionSet: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[NamedPermissionSet]: ...

    def __getitem__(self, index: int | slice) -> NamedPermissionSet | Sequence[NamedPermissionSet]:
        return self._result[0][index]
