"""One property of many rows of a table, in one test: pytest's own work for a test takes longer than a small row."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

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


def every_row(names: str, rows: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator like `pytest.mark.parametrize`, for tests without fixtures: one test that checks every row."""
    columns = [name.strip() for name in names.split(",")]

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        assert set(inspect.signature(test).parameters) == set(columns), "a row has all parameters of the test"
        table = [_values(row, len(columns)) for row in rows]
        assert table, "without rows, nothing is checked"

        def run() -> None:
            check_every(table, lambda row: test(**dict(zip(columns, row, strict=True))))

        run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
        return run

    return decorate


def _values(row: Any, width: int) -> Sequence[Any]:
    """The values of a row: of a `pytest.param`, which is without marks, of a tuple, or the row itself."""
    if hasattr(row, "marks"):
        assert not row.marks
        return row.values
    return row if width > 1 else (row,)
