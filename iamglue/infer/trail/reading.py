"""Reads log files into lines of counted flat rows; runs in one or several processes."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from iamglue.infer.trail.byte_streams import DamagedFileError, text_blocks
from iamglue.infer.trail.events import TrailEvent
from iamglue.infer.trail.flat_counter import FlatCounter
from iamglue.infer.trail.flat_keys import flat_key
from iamglue.infer.trail.json_items import ReadingProblems, event_batches
from iamglue.infer.trail.request_parameters import UnreadableEventError
from iamglue.infer.trail.tables import is_table, table_batches
from iamglue.model.trail_files import TrailFile, TrailSource

_DIGEST = re.compile(rb'\s*\{\s*"(?:awsAccountId|digest[A-Za-z]+)"[^{}\[\]]*"digest')


@dataclass(frozen=True, slots=True)
class TrailPeriod:
    """The time of the events to count, both ends as ISO 8601 in UTC; `until` is the first time that is left out."""

    since: str | None = None
    until: str | None = None

    def contains(self, time: str) -> bool:
        """Whether an event is in the period; one without a time is in every period."""
        return not time or ((not self.since or time >= self.since) and (not self.until or time < self.until))


ALWAYS = TrailPeriod()


@dataclass(frozen=True, slots=True)
class TrailFileResult:
    """What was read of a file. `damage` says why its rest, or all of it, could not be read.

    `is_log`: it is a log file of a trail, which has all events that the trail records; others may be chosen ones.
    """

    file: TrailFile
    records: int = 0
    unreadable: int = 0
    outside: int = 0
    examples: tuple[str, ...] = ()
    damage: str | None = None
    skipped: str | None = None
    is_log: bool = True


@dataclass(frozen=True, slots=True)
class ReadResult:
    """The results of several files of a source, and the files of lines: of complete files, and of damaged ones."""

    source: str
    files: tuple[TrailFileResult, ...]
    lines: tuple[Path, ...]
    damaged_lines: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class FileTask:
    """Files of one source to read."""

    source: TrailSource
    files: tuple[TrailFile, ...]


class FileReading:
    """Reads files of sources, and writes lines to `folder`."""

    def __init__(self, folder: Path, period: TrailPeriod) -> None:
        self._folder = folder
        self._period = period
        self._numbers = count(1)

    def read(self, task: FileTask) -> ReadResult:
        """Read the files of a task. Raises LinesNotWrittenError."""
        complete, damaged = FlatCounter(self._new_path), FlatCounter(self._new_path)
        with _without_cycle_search():
            results = tuple(self._read_file(task.source, file, complete, damaged) for file in task.files)
        complete.flush()
        damaged.flush()
        return ReadResult(task.source.name, results, tuple(complete.paths), tuple(damaged.paths))

    def _new_path(self) -> Path:
        return self._folder / f"{os.getpid()}-{next(self._numbers)}.tsv"

    def _read_file(
        self, source: TrailSource, file: TrailFile, complete: FlatCounter, damaged: FlatCounter
    ) -> TrailFileResult:
        """Count the events of one file in one of the counters."""
        problems = ReadingProblems()
        counter = FlatCounter(self._new_path)
        counted = outside = 0
        skipped = None
        try:
            with source.open(file) as opened:
                batches, skipped = _batches(text_blocks(opened), problems)
                batch = next(batches, None)
                while batch is not None:
                    following = next(batches, None)
                    is_whole = counter.is_empty and following is None and problems.damage is None
                    before = problems.unreadable
                    outside += self._count(batch, complete if is_whole else counter, problems, counted + before)
                    counted += len(batch) - (problems.unreadable - before)
                    batch = following
        except OSError as error:
            problems.damage = error.strerror or str(error)
        (damaged if problems.damage else complete).merge(counter)
        examples = tuple(problems.examples)
        return TrailFileResult(
            file,
            counted + problems.unreadable,
            problems.unreadable,
            outside,
            examples,
            problems.damage,
            skipped,
            problems.is_log,
        )

    def _count(
        self, batch: Sequence[TrailEvent], counter: FlatCounter, problems: ReadingProblems, position: int
    ) -> int:
        """Count the events of a batch; the number of those outside of the period."""
        outside = 0
        add, contains, is_limited = counter.add, self._period.contains, self._period != ALWAYS
        for index, event in enumerate(batch, start=1):
            try:
                key, time = flat_key(event)
            except UnreadableEventError as error:
                problems.add(position + index, str(error))
                continue
            if is_limited and not contains(time):
                outside += 1
            else:
                add(key, time)
        return outside


@contextmanager
def _without_cycle_search() -> Iterator[None]:
    """Keep Python from searching for unused cycles of objects: there are none, and each search looks at all rows."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _batches(blocks: Iterator[bytes], problems: ReadingProblems) -> tuple[Iterator[list[TrailEvent]], str | None]:
    """The events of a file in batches, and why the file is skipped, if it is."""
    try:
        head = next(blocks, b"")
    except DamagedFileError as error:
        problems.damage = str(error)
        return iter(()), None
    if _DIGEST.match(head):
        return iter(()), "it is a digest file"
    read = table_batches if is_table(head) else event_batches
    return read(chain((head,), blocks), problems), None
