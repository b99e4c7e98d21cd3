"""What commands say to people: on stderr, so that stdout holds data alone. Nothing that is said can act on a log."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TextIO

import click

from iamglue.inert import inert, one_line


def say(text: str) -> None:
    """Write one line to stderr."""
    say_lines(one_line(text))


def say_lines(text: str) -> None:
    """Write a text of ours, of one line or several, to stderr."""
    try:
        click.echo(encodable(inert(text), sys.stderr), err=True)
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
        line = encodable(inert(f"{one_line(what)}: {done} of {total}"), sys.stderr)
        click.echo(f"\r{line}{end}", err=True, nl=False)

    return show


def encodable(text: str, stream: TextIO | None) -> str:
    """`text` with an escape for each character that the stream's encoding lacks."""
    encoding = encoding_of(stream)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def encoding_of(stream: TextIO | None) -> str:
    """The encoding of a standard stream; UTF-8 where it is closed or says none."""
    return getattr(stream, "encoding", None) or "utf-8"
