"""All access that a store shows: mapped in this process or, where there is much, in several; grouped and sorted."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, count
from pathlib import Path

from iamglue.errors import IamglueError, NotEvaluatedError
from iamglue.infer.trail.access_mapper import AccessMapper, CallerCounts, MappedLines
from iamglue.infer.trail.data_resources import DataResources
from iamglue.infer.trail.database import Database, lines_sql, parquet_sql
from iamglue.infer.trail.flat_counter import LinesNotWrittenError
from iamglue.infer.trail.usage_filter import UsageFilter
from iamglue.model.trail_usage import NotAction, TrailAccess
from iamglue.processes.worker_pool import WorkersLostError, iterate_in_processes

# Fewer rows are mapped faster by one process than others are started.
_SERIAL_ROWS = 100_000
# Lines that a process maps at once: about 250 bytes each.
_TASK_LINES = 16_000
_TEXTS_PER_BLOCK = 2000
_TYPES = {name: "BIGINT" if name in ("count", "denied") else "VARCHAR" for name in TrailAccess._fields}
_GROUP_SQL = (
    'SELECT role, "function", account, region, action, resource, via, CAST(sum("count") AS BIGINT) AS "count", '
    "CAST(sum(denied) AS BIGINT) AS denied, coalesce(min(nullif(\"first\", '')), '') AS \"first\", "
    'max("last") AS "last" FROM {} GROUP BY ALL'
)
_SORT_SQL = "SELECT {} FROM (SELECT * FROM {} ORDER BY 1, 2, 3, 4, 5, 6, 7)"
_HINT = "free some disk space, or give another folder with --store or TMPDIR; what was stored before is kept"


class UsageRows:
    """The access that the rows of an aggregation show; what does not fit in memory is in files of `folder`."""

    def __init__(self, wanted: UsageFilter, database: Database, folder: Path, jobs: int = 1) -> None:
        self.callers = CallerCounts()
        self._wanted = wanted
        self._database = database
        self._folder = folder
        self._jobs = jobs
        self._accesses: list[TrailAccess] = []
        self._files: list[Path] = []
        self._table: str | None = None
        self._not_actions: Counter[tuple[str, str, str, str]] = Counter()
        self.data_resources = DataResources()

    def add_lines(self, blocks: Iterable[list[str]], expected: int) -> None:
        """Add blocks of lines of the aggregation, of which about this many rows are expected.

        Raises IamglueError if the disk is full, NotEvaluatedError if a process was killed.
        """
        try:
            if self._jobs > 1 and expected >= _SERIAL_ROWS:
                self._add_in_processes(blocks)
            else:
                self._add_here(blocks)
        except LinesNotWrittenError as error:
            raise IamglueError(f"cannot write {error}", hint=_HINT) from error
        except WorkersLostError as error:
            raise NotEvaluatedError(str(error), hint="run it again with fewer --jobs") from error

    def not_actions(self) -> tuple[NotAction, ...]:
        """The events that are no access, sorted."""
        counted = sorted(self._not_actions.items())
        return tuple(NotAction(source, name, number, why, role) for (source, name, why, role), number in counted)

    def accesses(self) -> Iterator[TrailAccess]:
        """Yield all accesses, sorted."""
        if not self._files:
            return iter(self._accesses)
        return map(TrailAccess._make, self._database.rows(_SORT_SQL.format("*", self._grouped_table())))

    def texts(self, text_of: Callable[[TrailAccess], str], text_sql: str) -> Iterator[list[str]]:
        """Yield blocks of texts of all accesses, sorted: DuckDB makes them by `text_sql` where there are many."""
        if self._files:
            yield from self._database.text_blocks(_SORT_SQL.format(text_sql, self._grouped_table()))
            return
        for start in range(0, len(self._accesses), _TEXTS_PER_BLOCK):
            yield list(map(text_of, self._accesses[start : start + _TEXTS_PER_BLOCK]))

    def _add_here(self, blocks: Iterable[list[str]]) -> None:
        """Map the lines in this process; the accesses stay in memory if they are few."""
        mapper = AccessMapper(self._wanted, _new_paths(self._folder))
        for block in blocks:
            mapper.add_lines(block)
        accesses = mapper.accesses
        mapped = mapper.result()
        if mapped.paths:
            mapper.flush()
            mapped = mapper.result()
        else:
            self._accesses = [_access(key, counts) for key, counts in sorted(accesses.items())]
        self._add_mapped(mapped)

    def _add_in_processes(self, blocks: Iterable[list[str]]) -> None:
        """Map the lines in several processes, which write the accesses to files."""
        # The processes are started, by a task without lines, before there are threads of DuckDB.
        self._database.close()
        arguments = (self._wanted, self._folder)
        for mapped in iterate_in_processes(
            _map_lines, chain(("",), _tasks(blocks)), self._jobs, initializer=_start, arguments=arguments
        ):
            self._add_mapped(mapped)

    def _add_mapped(self, mapped: MappedLines) -> None:
        """Add what one process mapped."""
        self._files += mapped.paths
        self._not_actions += mapped.not_actions
        self.data_resources.merge(mapped.data_resources)
        self.callers = CallerCounts(*map(sum, zip(self.callers, mapped.callers, strict=True)))

    def _grouped_table(self) -> str:
        """The table of all accesses that are in files. In two steps: to group and sort at once needs both's memory."""
        if self._table is None:
            path = self._folder / "accesses.parquet"
            self._database.write_parquet(_GROUP_SQL.format(lines_sql(self._files, _TYPES)), path)
            self._table = parquet_sql([path])
        return self._table


def _access(key: str, counts: list[object]) -> TrailAccess:
    return TrailAccess._make((*key.split("\t"), *counts))


def _tasks(blocks: Iterable[list[str]]) -> Iterator[str]:
    """The lines of blocks in larger texts."""
    lines: list[str] = []
    for block in blocks:
        lines += block
        if len(lines) >= _TASK_LINES:
            yield "\n".join(lines)
            lines = []
    yield "\n".join(lines)


def _new_paths(folder: Path) -> Callable[[], Path]:
    numbers = count(1)
    return lambda: folder / f"access-{os.getpid()}-{next(numbers)}.tsv"


_PROCESS: list[tuple[UsageFilter, Callable[[], Path]]] = []


def _start(wanted: UsageFilter, folder: Path) -> None:
    """Prepare a process for tasks."""
    _PROCESS[:] = [(wanted, _new_paths(folder))]


def _map_lines(text: str) -> MappedLines:
    """Map the lines in a text, and write their accesses to files."""
    mapper = AccessMapper(*_PROCESS[0])
    if text:
        mapper.add_lines(text.split("\n"))
    mapper.flush()
    return mapper.result()
