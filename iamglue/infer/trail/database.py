"""DuckDB, set up to stay within a bounded amount of memory and to reach nothing but files.

https://duckdb.org/docs/stable/configuration/overview.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from iamglue.errors import IamglueError
from iamglue.infer.trail.flat_columns import COLUMN_TYPES

# For sorting and grouping; what needs more is written to the folder for temporary files.
_MEMORY = "192MB"
# With two threads, one may ask for memory before the other has written any to the disk: of three queries that group 3
# million rows, one failed for want of memory at its start. One thread takes a quarter less processor time.
_THREADS = 1
_NO_NULL = "\x01"  # no text has it: control characters are replaced
_ROWS_PER_FETCH = 2000
# Parquet files that are read are those of a store; the words of a full disk are others.
_STORED, _IS_FULL = ".parquet", re.compile("(?i)no space|could not write|quota|disk")
_DAMAGED_HINT = "remove the store, or give a new folder with --store, and read the log files again"
_MEMORY_HINT = "there are too many different records for the memory: read them in parts, with --since and --until"
_HINT = "free some disk space, or give another folder with --store or TMPDIR; what was stored before is kept"


class Database:
    """DuckDB with its temporary files in `folder`; its threads run from the first question to `close`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: duckdb.DuckDBPyConnection | None = None

    @property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        """The open connection; it is made when it is first needed."""
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def _open(self) -> duckdb.DuckDBPyConnection:
        """A new connection to a database in memory. Raises IamglueError if it cannot be made."""
        options: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": _MEMORY,
            "threads": _THREADS,
            "temp_directory": str(self._folder / "spill"),
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with self._errors():
            return duckdb.connect(":memory:", config=options)

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query. Raises IamglueError if the disk is full or a file is damaged."""
        with self._errors():
            cursor = self._connection.cursor()
            result = cursor.execute(sql)
            while rows := result.fetchmany(_ROWS_PER_FETCH):
                yield from rows
            cursor.close()

    def text_blocks(self, sql: str) -> Iterator[list[str]]:
        """Yield the rows of a query with one column of texts, in blocks. Raises IamglueError as `rows` does."""
        with self._errors():
            cursor = self._connection.cursor()
            result = cursor.execute(sql)
            while rows := result.fetchmany(_ROWS_PER_FETCH):
                yield [text for (text,) in rows]
            cursor.close()

    def write_parquet(self, sql: str, path: Path) -> int:
        """Write the rows of a query to a Parquet file, and return their number. Raises IamglueError as `rows` does."""
        with self._errors():
            target = text_sql(str(path))
            done = self._connection.execute(f"COPY ({sql}) TO {target} (FORMAT parquet, COMPRESSION zstd)").fetchone()
        return int(done[0]) if done else 0

    def close(self) -> None:
        """Close the connection; the next question opens another one."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Raise errors of DuckDB as IamglueError: a damaged store, a full disk, or too little memory."""
        try:
            yield
        except (duckdb.InvalidInputException, duckdb.IOException) as error:
            reason = str(error).partition("\n")[0]
            if _STORED in reason and not _IS_FULL.search(reason):
                raise IamglueError(f"the store is damaged: {reason}", hint=_DAMAGED_HINT) from error
            raise IamglueError(f"the records in {self._folder} cannot be counted: {reason}", hint=_HINT) from error
        except duckdb.OutOfMemoryException as error:
            reason = str(error).partition("\n")[0]
            raise IamglueError(
                f"the records in {self._folder} cannot be counted: {reason}", hint=_MEMORY_HINT
            ) from error
        except duckdb.Error as error:
            reason = str(error).partition("\n")[0]
            raise IamglueError(f"the records in {self._folder} cannot be counted: {reason}", hint=_HINT) from error


def lines_sql(paths: Sequence[Path], types: Mapping[str, str] = COLUMN_TYPES) -> str:
    """The table in files of lines with tabs between the columns."""
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
    texts = ", ".join(f"'{name}'" for name, kind in types.items() if kind == "VARCHAR")
    return (
        f"read_csv({_paths_sql(paths)}, header=false, auto_detect=false, delim='\\t', quote='', escape='', "
        f"new_line='\\n', nullstr='{_NO_NULL}', columns={{{columns}}}, force_not_null=[{texts}])"
    )


def parquet_sql(paths: Sequence[Path]) -> str:
    """The table in Parquet files."""
    return f"read_parquet({_paths_sql(paths)})"


def _paths_sql(paths: Sequence[Path]) -> str:
    """A list of paths, in which no character is a wildcard."""
    literal = (str(path).translate({ord(letter): f"[{letter}]" for letter in "*?["}) for path in paths)
    return f"[{', '.join(map(text_sql, literal))}]"


def text_sql(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
