"""One property of many rows of a table, in one test: pytest's own work for a test takes longer than a small row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

Row = TypeVar("Row")


def check_every(rows: Iterable[Row], check: Callable[[Row], object]) -> None:
    """Check every row. Raises an ExceptionGroup of all that fail, each with its row."""
    failures = []
    for row in rows:
        try:
            check(row)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other rows are checked too
            error.add_note(f"with {row!a}")
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"{len(failures)} rows", failures)
