"""What `infer trail` says on stderr: progress, a summary, and what was not read."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from iamglue.cli.stderr import print_error, print_note
from iamglue.errors import ExitCode
from iamglue.model.trail_files import SkippedFile

if TYPE_CHECKING:
    from iamglue.infer.trail.run import ReadingProgress
    from iamglue.infer.trail.trail_rows import TrailRows

_MAX_EXAMPLES = 5
_SECONDS_BETWEEN = 0.2


def trail_progress() -> Callable[[ReadingProgress], None] | None:
    """A reporter that shows files, records a second and the time left; None if stderr is not a terminal."""
    if not sys.stderr.isatty():
        return None
    shown = [0.0]

    def show(progress: ReadingProgress) -> None:
        """Show the progress in one line that is overwritten, but not more often than people can read."""
        is_last = progress.files >= progress.all_files
        now = time.monotonic()
        if not is_last and now - shown[0] < _SECONDS_BETWEEN:
            return
        shown[0] = now
        click.echo(f"\r{progress_text(progress)}\x1b[K{chr(10) if is_last else ''}", err=True, nl=False)

    return show


def progress_text(progress: ReadingProgress) -> str:
    """One line: files read, records, records a second, and the time left by the bytes that are left."""
    rate = progress.records / progress.seconds if progress.seconds else 0.0
    text = f"{progress.files:,} of {progress.all_files:,} files, {progress.records:,} records, {rate:,.0f} a second"
    if progress.bytes_read and progress.files < progress.all_files:
        left = progress.seconds * (progress.all_bytes - progress.bytes_read) / progress.bytes_read
        text += f", {_duration(left)} left"
    return text


def _duration(seconds: float) -> str:
    """A duration as minutes and seconds, such as 1:05; from an hour on with hours."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def print_report(rows: TrailRows) -> ExitCode:
    """Print what was read and what was not; the exit code says whether something could not be."""
    report = rows.report
    rate = report.records / report.seconds if report.seconds else 0.0
    known = f"; {counted(report.known_files, 'file was', 'files were')} in the store" if report.known_files else ""
    print_note(
        f"read {counted(report.records, 'record', 'records')} of {_files(report.new_files)} in {report.seconds:,.1f} s "
        f"({rate:,.0f} a second){known}"
    )
    if report.outside:
        print_note(f"{counted(report.outside, 'record is', 'records are')} not in the period")
    reasons: dict[str, list[SkippedFile]] = {}
    for skipped in report.skipped:
        reasons.setdefault(skipped.reason, []).append(skipped)
    for reason, files in reasons.items():
        names = ", ".join(file.name for file in files[:2])
        print_note(f"skipped {_files(len(files))}: {reason}: {names}{', ...' if len(files) > 2 else ''}")
    _print_failures(report.failed)
    if report.unreadable:
        print_error(f"{counted(report.unreadable, 'record is', 'records are')} unreadable")
        for name, example in report.examples:
            print_note(f"{name}: {example}")
    return ExitCode.NOT_EVALUATED if report.failed or report.unreadable else ExitCode.OK


def _print_failures(failed: Sequence[SkippedFile]) -> None:
    """Name the first files that were not read to the end, and count the others."""
    for failure in failed[:_MAX_EXAMPLES]:
        print_error(f"{failure.name}: could not be read to the end: {failure.reason}")
    if len(failed) > _MAX_EXAMPLES:
        print_error(f"{counted(len(failed) - _MAX_EXAMPLES, 'more file', 'more files')} could not be read")


def _files(count: int) -> str:
    return counted(count, "file", "files")


def counted(count: int, one: str, many: str) -> str:
    """A number with its noun: `1 record is`, `2 records are`."""
    return f"1 {one}" if count == 1 else f"{count:,} {many}"
