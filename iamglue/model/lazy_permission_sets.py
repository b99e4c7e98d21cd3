"""Bundles that are made when somebody asks for them, in whichever process that is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, overload

from iamglue.findings import NotEvaluated
from iamglue.policy.computed import computed

if TYPE_CHECKING:  # startup: only what is read of specs needs them
    from iamglue.model.permission_set import Bundle

Named = tuple[str, "Bundle"]


class LaterBundles(Sequence[Named]):
    """The bundles of functions, by their names; making them tells what could not be made, too."""

    def __init__(self, make: Callable[[], tuple[Sequence[Named], Sequence[NotEvaluated]]]) -> None:
        self._make = make

    @computed
    def _made(self) -> tuple[Sequence[Named], Sequence[NotEvaluated]]:
        return self._make()

    @property
    def gaps(self) -> Sequence[NotEvaluated]:
        """What could not be made, and why."""
        return self._made[1]

    def __len__(self) -> int:
        return len(self._made[0])

    @overload
    def __getitem__(self, at: int) -> Named: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Named]: ...

    def __getitem__(self, at: int | slice) -> Named | Sequence[Named]:
        return self._made[0][at]
