"""What several threads ask for is worked out once: the first does it, the others wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from iamglue.aws.api_client import ApiError
from iamglue.aws.failures import FailureKind

_Value = TypeVar("_Value")


class SingleFlight(Generic[_Value]):
    """Values by a key. A refusal is kept where asking again would bring the same, else whoever comes next asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[str, Future[_Value]] = {}

    def get(self, key: str, make: Callable[[], _Value]) -> _Value:
        """The value for a key; raises what `make` raises."""
        with self._lock:
            found = self._found.get(key)
            mine = found is None
            if found is None:
                found = self._found[key] = Future()
        if mine:
            self._make(key, found, make)
        return found.result()

    def _make(self, key: str, found: Future[_Value], make: Callable[[], _Value]) -> None:
        try:
            found.set_result(make())
        except BaseException as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            if not (
                isinstance(error, ApiError) and error.failure.kind in (FailureKind.ACCESS_DENIED, FailureKind.NOT_FOUND)
            ):
                with self._lock:
                    self._found.pop(key, None)
            found.set_exception(error)
