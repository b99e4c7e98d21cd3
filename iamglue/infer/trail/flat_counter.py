"""Counts events in memory, and writes the counts as lines for DuckDB whenever there are many different ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from iamglue.infer.trail.flat_columns import KEY_COLUMNS

# Different rows in memory: about 0.5 KB each.
_MAX_ROWS = 50_000
_TABS = len(KEY_COLUMNS) - 1
_CONTROLS = bytes((*range(32), 127))
_REPLACED = {code: "\ufffd" for code in _CONTROLS if code != ord("\t")}


class LinesNotWrittenError(Exception):
    """The lines cannot be written, as when the disk is full; the message says why."""


class FlatCounter:
    """The counts of flat rows; `path` gives the file for the next lines."""

    __slots__ = ("_new_path", "_rows", "paths")

    def __init__(self, new_path: Callable[[], Path]) -> None:
        self._new_path = new_path
        # A row that stands for one event is the time of the event: most are such rows in large logs.
        self._rows: dict[str, str | _Count] = {}
        self.paths: list[Path] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted."""
        return not self._rows and not self.paths

    def add(self, key: str, time: str) -> None:
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

    def merge(self, other: FlatCounter) -> None:
        """Take over the counts of another counter."""
        self.paths += other.paths
        for key, row in other._rows.items():
            own = self._rows.get(key)
            if own is None:
                if len(self._rows) >= _MAX_ROWS:
                    self.flush()
                self._rows[key] = row
            else:
                first, second = _as_count(own), _as_count(row)
                count = first.count + second.count
                self._rows[key] = _Count(count, _earlier(first.first, second.first), max(first.last, second.last))

    def flush(self) -> None:
        """Write the counts to a file of lines. Raises LinesNotWrittenError."""
        if not self._rows:
            return
        path = self._new_path()
        try:
            with path.open("wb") as file:
                file.writelines(_line(key, row) for key, row in self._rows.items())
        except OSError as error:
            raise LinesNotWrittenError(f"{path.parent}: {error.strerror or error}") from error
        self.paths.append(path)
        self._rows = {}


@dataclass(slots=True)
class _Count:
    count: int
    first: str
    last: str


def _as_count(row: str | _Count) -> _Count:
    return _Count(1, row, row) if isinstance(row, str) else row


def _earlier(first: str, second: str) -> str:
    """The earlier time; "" is no time."""
    return min(first or second, second or first)


def _line(key: str, row: str | _Count) -> bytes:
    line = key.encode("utf-8", "replace")
    if len(line.translate(None, _CONTROLS)) != len(line) - _TABS:
        line = key.translate(_REPLACED).encode("utf-8", "replace")
    if isinstance(row, str):
        return b"%b\t1\t%b\t%b\n" % (line, row.encode(), row.encode())
    return b"%b\t%d\t%b\t%b\n" % (line, row.count, row.first.encode(), row.last.encode())
