"""The flat rows that were read or stored, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from iamglue.errors import IamglueError
from iamglue.files.streamed_output import write_copy
from iamglue.infer.trail.aggregation import day_condition, merge_sql, usage_line, usage_lines_sql
from iamglue.infer.trail.counting_engine import CountingEngine
from iamglue.infer.trail.database import Database, parquet_sql
from iamglue.infer.trail.store import StoreTotals, TrailStore
from iamglue.infer.trail.usage_filter import UsageFilter
from iamglue.model.trail_files import SkippedFile

_LINES_PER_BLOCK = 2000


@dataclass(slots=True)
class ReadingReport:
    """What was read, skipped and not read."""

    new_files: int = 0
    known_files: int = 0
    bytes_read: int = 0
    records: int = 0
    unreadable: int = 0
    # Records that are not in the period.
    outside: int = 0
    seconds: float = 0.0
    skipped: list[SkippedFile] = field(default_factory=list)
    failed: list[SkippedFile] = field(default_factory=list)
    examples: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TrailRows:
    """The flat rows that were read or stored; valid while its context is open."""

    database: Database
    work_folder: Path
    table: str | None
    totals: StoreTotals
    failed: tuple[SkippedFile, ...]
    report: ReadingReport
    # The folder for the last answer, and what identifies the rows; None if the rows are of this run alone.
    answer_place: tuple[Path, str] | None = None
    # About how many rows there are.
    expected: int = 0
    # The files of the table, and what aggregates them if it is not DuckDB.
    paths: tuple[Path, ...] = ()
    engine: CountingEngine | None = None

    def usage_lines(self, since: str | None = None, until: str | None = None) -> Iterator[list[str]]:
        """The lines of the aggregation in blocks. Raises IamglueError if it fails."""
        if self.table is None:
            return iter(())
        if self.engine is not None:
            return _blocks(map(usage_line, self.engine.usage_rows(self.paths, since, until)))
        return self.database.text_blocks(usage_lines_sql(self.table, since=since, until=until))

    def record_count(self, since: str | None = None, until: str | None = None) -> int:
        """The number of counted events of a period of days."""
        if self.table is None:
            return 0
        where = day_condition(since, until)
        sql = f'SELECT coalesce(sum("count"), 0) FROM {self.table}{f" WHERE {where}" if where else ""}'  # noqa: S608
        return int(next(iter(self.database.rows(sql)))[0])

    def write_parquet(
        self, path: Path, wanted: UsageFilter, since: str | None = None, until: str | None = None
    ) -> None:
        """Write the flat rows of a role or function to a Parquet file. Raises IamglueError if that fails."""
        if self.table is None:
            raise IamglueError("there is no record to write")
        conditions = [
            f"({condition})" for condition in (day_condition(since, until), wanted.condition_sql) if condition
        ]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        staged = self.work_folder / "rows.parquet"
        sql = f"{merge_sql(f'(SELECT * FROM {self.table}{where})')} ORDER BY ALL"  # noqa: S608 - quoted
        self.database.write_parquet(sql, staged)
        write_copy(path, staged)


def stored_trail_rows(
    store: TrailStore,
    totals: StoreTotals,
    report: ReadingReport,
    *,
    damaged: Path | None = None,
    is_temporary: bool = False,
    engine: CountingEngine | None = None,
) -> TrailRows:
    """The rows of a store, and of damaged files of this run if there are any."""
    paths = [*store.row_paths, *([damaged] if damaged else [])]
    table = parquet_sql(paths) if paths else None
    failed = {item.name: item for items in store.failed.values() for item in items}
    ordered = tuple(failed[name] for name in sorted(failed))
    place = None if is_temporary or damaged else (store.folder, store.identity)
    return TrailRows(
        store.database,
        store.work_folder,
        table,
        totals,
        ordered,
        report,
        place,
        store.row_count,
        tuple(paths),
        engine,
    )


def _blocks(lines: Iterator[str]) -> Iterator[list[str]]:
    while block := list(islice(lines, _LINES_PER_BLOCK)):
        yield block
