"""What counts records instead of this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from iamglue.infer.trail.reading import FileTask, ReadResult, TrailPeriod


class CountingEngine(Protocol):
    """Counts log files, or the rows of a store. Both raise NotEvaluatedError if the engine fails."""

    def read(self, tasks: Sequence[FileTask], folder: Path, period: TrailPeriod) -> Iterator[ReadResult]:
        """Count the files of tasks, and write lines to `folder`."""

    def usage_rows(self, paths: Sequence[Path], since: str | None, until: str | None) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of `usage_sql` over Parquet files."""
