"""Computes a value once for several threads: the first thread computes it, the others wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from iamglue.aws.api_client import ApiError
from iamglue.aws.failures import FailureKind

_Value = TypeVar("_Value")


class SingleFlight(Generic[_Value]):
    """Memoizes values by key across threads.

    ACCESS_DENIED and NOT_FOUND failures are memoized too; after another error, the next caller computes again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._futures: dict[str, Future[_Value]] = {}

    def get(self, key: str, compute: Callable[[], _Value]) -> _Value:
        """The value of a key; raises the error that `compute` raised."""
        with self._lock:
            future = self._futures.get(key)
            is_first = future is None
            if future is None:
                future = self._futures[key] = Future()
        if is_first:
            self._compute(key, future, compute)
        return future.result()

    def _compute(self, key: str, future: Future[_Value], compute: Callable[[], _Value]) -> None:
        """Compute the value and set it, or its error, for all waiting threads."""
        try:
            future.set_result(compute())
        except BaseException as error:  # noqa: BLE001 - every error must reach the waiting threads
            if not (
                isinstance(error, ApiError) and error.failure.kind in (FailureKind.ACCESS_DENIED, FailureKind.NOT_FOUND)
            ):
                with self._lock:
                    self._futures.pop(key, None)
            future.set_exception(error)
