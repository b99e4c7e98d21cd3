"""Runs work on a limited number of threads and reports progress."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

ProgressCallback = Callable[[int, int], None]
_Subject = TypeVar("_Subject")
_Value = TypeVar("_Value")


class WorkerPool:
    """Threads that read subjects.

    `reporter` is called in the waiting thread with the numbers of completed and of all subjects.
    """

    def __init__(self, pool: ThreadPoolExecutor, reporter: ProgressCallback | None) -> None:
        self._pool = pool
        self._report = reporter or (lambda _done, _total: None)
        self._done = self._total = 0

    def map(self, read: Callable[[_Subject], _Value], subjects: Iterable[_Subject]) -> list[_Value]:
        """Call `read` for each subject and return the results in the order of the subjects."""
        futures = [self._pool.submit(read, subject) for subject in subjects]
        self._total += len(futures)
        self._report(self._done, self._total)
        for future in as_completed(futures):
            future.result()
            self._done += 1
            self._report(self._done, self._total)
        return [future.result() for future in futures]
