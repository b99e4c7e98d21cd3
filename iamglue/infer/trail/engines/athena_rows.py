"""From the rows of Athena to the flat rows of a temporary store, as if the log files had been read."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from iamglue.infer.trail.engines.record_groups import GroupCounter
from iamglue.infer.trail.flat_counter import FlatCounter
from iamglue.infer.trail.reading import TrailFileResult, TrailPeriod
from iamglue.infer.trail.store import StoreTotals, TrailStore
from iamglue.infer.trail.trail_rows import ReadingReport, TrailRows, stored_trail_rows
from iamglue.model.trail_files import SkippedFile, TrailFile


@contextmanager
def counted_rows(
    rows: Iterable[Sequence[str | None]],
    table: str,
    files: int,
    period: TrailPeriod,
    failed: Sequence[SkippedFile] = (),
) -> Iterator[TrailRows]:
    """The flat rows of the rows of `athena_sql`, of `files` log files of a table. Raises IamglueError."""
    started = time.monotonic()
    numbers = count(1)
    with tempfile.TemporaryDirectory(prefix="iamglue-") as folder:
        store = TrailStore(Path(folder))
        with store.writing():
            counter = FlatCounter(lambda: store.work_folder / f"athena-{next(numbers)}.tsv")
            groups = GroupCounter(counter, period)
            groups.add_rows(rows)
            counter.flush()
            result = TrailFileResult(TrailFile(table, 0, ""), groups.records, groups.unreadable)
            store.add(counter.paths, [result])
            store.set_failed([table], [(table, item) for item in failed])
            report = ReadingReport(
                new_files=files,
                records=groups.records,
                unreadable=groups.unreadable,
                seconds=time.monotonic() - started,
                failed=list(failed),
                examples=[(table, example) for example in groups.examples],
            )
            totals = StoreTotals(files, groups.records, groups.unreadable)
            yield stored_trail_rows(store, totals, report, is_temporary=True)
