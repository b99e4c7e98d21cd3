"""Reads log files into a store, and gives the rows of it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from iamglue.errors import IamglueError, NotEvaluatedError
from iamglue.files.folders import create_folders
from iamglue.infer.trail.aggregation import merge_sql
from iamglue.infer.trail.counting_engine import CountingEngine
from iamglue.infer.trail.database import lines_sql
from iamglue.infer.trail.flat_counter import LinesNotWrittenError
from iamglue.infer.trail.reading import ALWAYS, FileReading, FileTask, ReadResult, TrailFileResult, TrailPeriod
from iamglue.infer.trail.store import StoreTotals, TrailStore, is_store, stored_key
from iamglue.infer.trail.trail_rows import ReadingReport, TrailRows, stored_trail_rows
from iamglue.model.trail_files import SkippedFile, TrailFile, TrailSource
from iamglue.processes.worker_pool import WorkersLostError, iterate_in_processes

# A task is read by one process: small enough to share the work, large enough to count in common.
_TASK_BYTES = 8 << 20
_TASK_FILES = 64
# Less is read faster by one process than others are started.
_SERIAL_BYTES = 4 << 20
# Lines are added to the store when there are so many bytes of them, or after so many seconds: a killed run loses less.
_COMMIT_BYTES = 128 << 20
_COMMIT_SECONDS = 60.0
# Of each kind, so many files are named.
MAX_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class TrailRequest:
    """What to read: sources into the store in `folder`; a temporary one if it is None.

    The period is exact for a temporary store. One that stays has days, and `days` limits what is counted of it.
    """

    sources: Sequence[TrailSource] = ()
    folder: Path | None = None
    period: TrailPeriod = ALWAYS
    jobs: int = 1
    # What counts the files instead of processes of this machine.
    engine: CountingEngine | None = None


@dataclass(frozen=True, slots=True)
class ReadingProgress:
    """How far the reading is."""

    files: int
    all_files: int
    bytes_read: int
    all_bytes: int
    records: int
    seconds: float


ProgressReporter = Callable[[ReadingProgress], None]


@contextmanager
def stored_rows(folder: Path, engine: CountingEngine | None = None) -> Iterator[TrailRows]:
    """The rows of a store as it is. Raises IamglueError if the folder has none."""
    if not is_store(folder):
        raise IamglueError(
            f"{folder} has no store", hint="read log files into it first: `iamglue infer trail PATH --store`"
        )
    with tempfile.TemporaryDirectory(prefix="iamglue-") as work:
        store = TrailStore(folder, Path(work))
        try:
            yield stored_trail_rows(store, store.totals(), ReadingReport(), engine=engine)
        finally:
            store.close()


@contextmanager
def read_rows(request: TrailRequest, reporter: ProgressReporter | None = None) -> Iterator[TrailRows]:
    """The rows of the store after all new files are read into it.

    Raises IamglueError if there is nothing to read, or the store cannot be written.
    """
    with ExitStack() as stack:
        if request.folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="iamglue-")))
        else:
            folder = request.folder
            stack.enter_context(create_folders([*reversed(folder.absolute().parents), folder], 0o777))
        store = TrailStore(folder)
        stack.enter_context(store.writing())
        yield _StoreRun(store, request, reporter).rows()


class _StoreRun:
    """One run that reads files into a store whose lock it holds."""

    def __init__(self, store: TrailStore, request: TrailRequest, reporter: ProgressReporter | None) -> None:
        self._store = store
        self._request = request
        self._reporter = reporter
        self._report = ReadingReport()
        self._lines: list[Path] = []
        self._files: list[TrailFileResult] = []
        self._damaged: list[Path] = []
        self._failed: list[tuple[str, SkippedFile]] = []
        self._damaged_totals = StoreTotals()
        self._started = self._committed = time.monotonic()

    def rows(self) -> TrailRows:
        """Read all new files, and give the rows."""
        tasks = self._tasks()
        sizes = [file.size for task in tasks for file in task.files]
        jobs = self._request.jobs if sum(sizes) > _SERIAL_BYTES else 1
        self._store.close()  # processes are started without an open connection
        try:
            for result in self._task_results(tasks, jobs):
                self._add_result(result)
                self._show_progress(len(sizes), sum(sizes))
                self._commit_if_due()
        except WorkersLostError as error:
            self._commit()
            raise NotEvaluatedError(str(error), hint="run it again with fewer --jobs") from error
        except LinesNotWrittenError as error:
            hint = "free some disk space, or give another folder with --store or TMPDIR; what was stored before is kept"
            raise IamglueError(f"cannot write {error}", hint=hint) from error
        self._commit()
        self._store.set_failed([source.name for source in self._request.sources], self._failed)
        self._store.merge_small_batches()
        self._report.seconds = time.monotonic() - self._started
        totals = self._store.totals() + self._damaged_totals
        return stored_trail_rows(
            self._store,
            totals,
            self._report,
            damaged=self._damaged_rows(),
            is_temporary=self._request.folder is None,
        )

    def _task_results(self, tasks: list[FileTask], jobs: int) -> Iterator[ReadResult]:
        """The results of tasks, by the engine if there is one, else by processes of this machine."""
        folder, period = self._store.work_folder, self._request.period
        if self._request.engine is not None:
            return self._request.engine.read(tasks, folder, period)
        return iterate_in_processes(
            _read_task, tasks, min(jobs, len(tasks)), initializer=_start, arguments=(folder, period)
        )

    def _tasks(self) -> list[FileTask]:
        """The new files of all sources, in tasks."""
        known, seen = self._store.known_files(), set[str]()
        tasks: list[FileTask] = []
        for source in self._request.sources:
            new: list[TrailFile] = []
            for file in source.files():
                if isinstance(file, SkippedFile):
                    self._skip(source.name, file)
                elif (key := stored_key(file.key)) not in seen:
                    seen.add(key)
                    if key not in known:
                        new.append(file)
                    else:
                        self._note_known(source.name, file, known[key])
            tasks += (FileTask(source, files) for files in _task_groups(new))
        if not seen and not self._report.failed:
            raise IamglueError(
                "there is no log file to read",
                hint="give files, or folders with files such as *.json.gz, of CloudTrail",
            )
        return tasks

    def _skip(self, source: str, file: SkippedFile) -> None:
        """Report a file that is left out, or that could not be read; the store remembers the latter."""
        if file.is_failure:
            self._report.failed.append(file)
            self._failed.append((source, file))
        else:
            self._report.skipped.append(file)

    def _note_known(self, source: str, file: TrailFile, version: str) -> None:
        """Count a file that is in the store already; one that has changed since is reported as failed."""
        self._report.known_files += 1
        if stored_key(file.version) != version:
            reason = "it has changed since it was stored: its old records are counted. Remove the store and read again"
            self._skip(source, SkippedFile(file.name, reason, is_failure=True))

    def _add_result(self, result: ReadResult) -> None:
        """Add what was read to the report; records of damaged files count in this run alone."""
        report = self._report
        self._lines += result.lines
        self._damaged += result.damaged_lines
        for read in result.files:
            report.bytes_read += read.file.size
            report.records += read.records
            report.unreadable += read.unreadable
            report.outside += read.outside
            report.examples += ((read.file.name, example) for example in read.examples)
            if read.skipped:
                self._skip(result.source, SkippedFile(read.file.name, read.skipped))
            elif read.damage:
                self._skip(result.source, SkippedFile(read.file.name, read.damage, is_failure=True))
            report.new_files += 1
            if not read.damage:
                self._files.append(read)
            elif read.records:
                self._damaged_totals += StoreTotals(1, read.records, read.unreadable, int(not read.is_log))
        del report.examples[MAX_EXAMPLES:]

    def _commit_if_due(self) -> None:
        """Add lines to the store if they are many, or if the last commit is long ago."""
        is_due = time.monotonic() - self._committed > _COMMIT_SECONDS
        if is_due or sum(path.stat().st_size for path in self._lines) > _COMMIT_BYTES:
            self._commit()

    def _commit(self) -> None:
        """Add the lines of complete files to the store."""
        if self._files:
            self._store.add(self._lines, self._files)
        self._lines, self._files, self._committed = [], [], time.monotonic()

    def _damaged_rows(self) -> Path | None:
        """The rows of what could be read of damaged files: they count in this run, and are read again in the next."""
        if not self._damaged:
            return None
        path = self._store.work_folder / "damaged.parquet"
        self._store.database.write_parquet(merge_sql(lines_sql(self._damaged)), path)
        return path

    def _show_progress(self, files: int, size: int) -> None:
        """Report the progress, if anything shows it."""
        if self._reporter is not None:
            report, seconds = self._report, time.monotonic() - self._started
            self._reporter(ReadingProgress(report.new_files, files, report.bytes_read, size, report.records, seconds))


def _task_groups(files: Iterable[TrailFile]) -> Iterator[tuple[TrailFile, ...]]:
    """Yield the files in groups of a bounded number and size; a larger file is a group of its own."""
    group: list[TrailFile] = []
    size = 0
    for file in files:
        if group and (size + file.size > _TASK_BYTES or len(group) >= _TASK_FILES):
            yield tuple(group)
            group, size = [], 0
        group.append(file)
        size += file.size
    if group:
        yield tuple(group)


_PROCESS: list[FileReading] = []


def _start(folder: Path, period: TrailPeriod) -> None:
    """Prepare a process for tasks."""
    _PROCESS[:] = [FileReading(folder, period)]


def _read_task(task: FileTask) -> ReadResult:
    return _PROCESS[0].read(task)
