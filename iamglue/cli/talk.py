"""What commands say to people: on stderr, so that stdout holds data alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import click


def say(text: str) -> None:
    """Write a line to stderr."""
    try:
        click.echo(_printable(text), err=True)
    except OSError:  # nobody listens, or the disk is full: there is nowhere to tell it
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the process ends


def mute_stdout() -> None:
    """Write no more to stdout: what it holds back cannot be written when Python ends, either."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the process ends


def note(text: str) -> None:
    """Something to know that is no error."""
    say(f"note: {text}")


def error(text: str, hint: str | None = None) -> None:
    """What went wrong, and how to go on."""
    say(f"error: {text}")
    if hint:
        say(f"  hint: {hint}")


def progress(what: str) -> Callable[[int, int], None] | None:
    """A function that shows on a terminal how many of how many are done; None where stderr is no terminal."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        end = "\n" if done >= total else ""
        click.echo(f"\r{_printable(what)}: {done} of {total}{end}", err=True, nl=False)

    return show


def _printable(text: str) -> str:
    # A message may quote a hostile file, and a terminal obeys control characters.
    return "".join(char if char.isprintable() or char in "\n\t" else ascii(char)[1:-1] for char in text)
