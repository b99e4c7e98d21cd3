"""How far a command has come, on one line of stderr: only for work of more than two seconds, only on a terminal."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from iamglue.cli.stderr import escape_unencodable
from iamglue.output_escaping import escape_to_one_line

ProgressCallback = Callable[[int, int], None]
# Shorter work shows nothing, so that nothing flickers.
DELAY_SECONDS = 2.0
_INTERVAL_SECONDS = 0.1
_MAX_WIDTH = 79
_ERASE_LINE = "\r\x1b[K"


@contextmanager
def show_progress(what: str) -> Iterator[ProgressCallback]:
    """Show `what` and how much of it is done, as the callback (done, total) says; the line is erased at the end."""
    if not sys.stderr.isatty():
        yield _show_nothing
        return
    line = _ProgressLine(escape_to_one_line(what))
    try:
        yield line.update
    finally:
        line.erase()


@contextmanager
def show_elapsed(what: str) -> Iterator[None]:
    """Show `what` and its seconds so far, for work whose length is not known. The work may start no processes."""
    if not sys.stderr.isatty():
        yield
        return
    line = _ProgressLine(escape_to_one_line(what))
    is_done = threading.Event()
    thread = threading.Thread(target=_tick, args=(line, is_done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_done.set()
        thread.join()
        line.erase()


def _tick(line: _ProgressLine, is_done: threading.Event) -> None:
    """Show how long it takes, until it is done."""
    start = time.monotonic()
    while not is_done.wait(_INTERVAL_SECONDS):
        line.show_text(f": {time.monotonic() - start:.0f} s")


def _show_nothing(_done: int, _total: int) -> None:
    return


class _ProgressLine:
    """One line of stderr that is written again and again."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._next = time.monotonic() + DELAY_SECONDS
        self._is_shown = False

    def update(self, done: int, total: int) -> None:
        """Show the numbers if it is time to."""
        self.show_text(f": {done:,} of {total:,}")

    def show_text(self, progress: str) -> None:
        """Show the text behind what is done, if it is time to."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _INTERVAL_SECONDS
        self._is_shown = True
        self._write(f"{_ERASE_LINE}{self._what[: _MAX_WIDTH - len(progress)]}{progress}")

    def erase(self) -> None:
        """Remove the line if it is shown."""
        if self._is_shown:
            self._write(_ERASE_LINE)

    def _write(self, text: str) -> None:
        """Write to the terminal; nothing is written any more after a failure."""
        try:
            click.echo(escape_unencodable(text, sys.stderr), err=True, nl=False, color=True)
        except OSError:  # the terminal is gone; the work goes on
            self._next = float("inf")
