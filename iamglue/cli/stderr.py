"""What commands say to people: on stderr, so that stdout holds data alone. Nothing that is said can act on a log."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TextIO

import click

from iamglue.output_escaping import escape_output, escape_to_one_line


def print_line(text: str) -> None:
    """Write one line to stderr."""
    print_lines(escape_to_one_line(text))


def print_lines(text: str) -> None:
    """Write a text of ours, of one line or several, to stderr."""
    try:
        click.echo(escape_unencodable(escape_output(text), sys.stderr), err=True)
    except OSError:  # nobody listens, or the disk is full: there is nowhere to tell it
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the process ends


def discard_stdout() -> None:
    """Write no more to stdout: what it holds back cannot be written when Python ends, either."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the process ends


def print_note(text: str) -> None:
    """Something to know that is no error."""
    print_line(f"note: {text}")


def print_error(text: str, hint: str | None = None) -> None:
    """What went wrong, and how to go on."""
    print_line(f"error: {text}")
    if hint:
        print_line(f"  hint: {hint}")


def progress_callback(what: str) -> Callable[[int, int], None] | None:
    """A function that shows on a terminal how many of how many are done; None where stderr is no terminal."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        end = "\n" if done >= total else ""
        line = escape_unencodable(escape_output(f"{escape_to_one_line(what)}: {done} of {total}"), sys.stderr)
        click.echo(f"\r{line}{end}", err=True, nl=False)

    return show


def escape_unencodable(text: str, stream: TextIO | None) -> str:
    """`text` with an escape for each character that the stream's encoding lacks."""
    encoding = stream_encoding(stream)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def stream_encoding(stream: TextIO | None) -> str:
    """The encoding of a standard stream; UTF-8 where it is closed or says none."""
    return getattr(stream, "encoding", None) or "utf-8"
