"""Bundles that are made when somebody asks for them, in whichever process that is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, overload

from iamglue.findings import NotEvaluated

if TYPE_CHECKING:  # startup: only what is read of specs needs them
    from iamglue.model.permission_set import PermissionSet

NamedPermissionSet = tuple[str, "PermissionSet"]


class LazyPermissionSets(Sequence[NamedPermissionSet]):
    """The bundles of functions, by their names; making them tells what could not be made, too."""

    def __init__(self, make: Callable[[], tuple[Sequence[NamedPermissionSet], Sequence[NotEvaluated]]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> tuple[Sequence[NamedPermissionSet], Sequence[NotEvaluated]]:
        return self._make()

    @property
    def not_evaluated(self) -> Sequence[NotEvaluated]:
        """What could not be made, and why."""
        return self._made[1]

    def __len__(self) -> int:
        return len(self._made[0])

    @overload
    def __getitem__(self, at: int) -> NamedPermissionSet: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[NamedPermissionSet]: ...

    def __getitem__(self, at: int | slice) -> NamedPermissionSet | Sequence[NamedPermissionSet]:
        return self._made[0][at]
