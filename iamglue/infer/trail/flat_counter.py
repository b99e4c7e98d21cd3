"""Counts events in memory, and writes the counts as lines for DuckDB whenever there are many different ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from iamglue.infer.trail.flat_columns import RowKey

# Different rows in memory: about 0.4 KB each.
_MAX_ROWS = 16_000
_ROWS_PER_WRITE = 2000


class LinesNotWrittenError(Exception):
    """The lines cannot be written, as when the disk is full; the message says why."""


class FlatCounter:
    """The counts of flat rows; `path` gives the file for the next lines."""

    __slots__ = ("_new_path", "_rows", "paths")

    def __init__(self, new_path: Callable[[], Path]) -> None:
        self._new_path = new_path
        # A row that stands for one event is the time of the event: most are such rows in large logs.
        self._rows: dict[RowKey, str | _Count] = {}
        self.paths: list[Path] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted."""
        return not self._rows and not self.paths

    def add(self, key: RowKey, time: str) -> None:
        """Count one event."""
        rows = self._rows
        row = rows.get(key)
        if row is None:
            if len(rows) >= _MAX_ROWS:
                self.flush()
            self._rows[key] = time
        elif isinstance(row, str):
            rows[key] = _Count(2, _earlier(row, time), max(row, time))
        else:
            row.count += 1
            if time > row.last:
                row.last = time
            elif time < row.first:
                row.first = _earlier(time, row.first)

    def add_many(self, key: RowKey, count: int, first: str, last: str) -> None:
        """Count several events, of which the first and the last time are known."""
        own = self._rows.get(key)
        if own is None and len(self._rows) >= _MAX_ROWS:
            self.flush()
        row = _Count(count, first, last)
        self._rows[key] = row if own is None else _sum(own, row)

    def merge(self, other: FlatCounter) -> None:
        """Take over the counts of another counter."""
        self.paths += other.paths
        if len(self._rows) + len(other._rows) > _MAX_ROWS:
            self.flush()
        rows = self._rows
        sums = {key: _sum(rows[key], other._rows[key]) for key in rows.keys() & other._rows.keys()}
        rows |= other._rows
        rows |= sums

    def flush(self) -> None:
        """Write the counts to a file of lines. Raises LinesNotWrittenError."""
        if not self._rows:
            return
        path = self._new_path()
        try:
            with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
                rows = iter(self._rows.items())
                # The keys' JSON texts may have this one control character.
                while text := "".join(_line(key, row) for key, row in islice(rows, _ROWS_PER_WRITE)):
                    file.write(text.replace("\x7f", "\ufffd"))
        except OSError as error:
            raise LinesNotWrittenError(f"{path.parent}: {error.strerror or error}") from error
        self.paths.append(path)
        self._rows = {}


@dataclass(slots=True)
class _Count:
    count: int
    first: str
    last: str


def _sum(first: str | _Count, second: str | _Count) -> _Count:
    one, other = _as_count(first), _as_count(second)
    return _Count(one.count + other.count, _earlier(one.first, other.first), max(one.last, other.last))


def _as_count(row: str | _Count) -> _Count:
    return _Count(1, row, row) if isinstance(row, str) else row


def _earlier(first: str, second: str) -> str:
    """The earlier time; "" is no time."""
    return min(first or second, second or first)


def _line(key: RowKey, row: str | _Count) -> str:
    """A row as a line: its columns, the count, and the first and last time."""
    columns = "\t".join(key)
    if isinstance(row, str):
        return f"{columns}\t1\t{row}\t{row}\n"
    return f"{columns}\t{row.count}\t{row.first}\t{row.last}\n"
