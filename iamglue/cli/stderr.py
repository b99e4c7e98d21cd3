"""Messages for people on stderr (stdout is only for data), escaped so that they cannot control a terminal or CI log."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TextIO

import click

from iamglue.output_escaping import escape_output, escape_to_one_line


def print_line(text: str) -> None:
    """Write one line to stderr."""
    print_lines(escape_to_one_line(text))


def print_lines(text: str) -> None:
    """Write a text of one or several lines to stderr."""
    from iamglue.cli.color import is_colored, paint_report  # noqa: PLC0415 - startup: only for messages

    escaped = escape_output(text)
    colored = is_colored(sys.stderr)
    try:
        shown = paint_report(escaped) if colored else escaped
        click.echo(escape_unencodable(shown, sys.stderr), err=True, color=colored or None)
    except OSError:  # stderr is closed or the disk is full: there is no place to report it
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the process ends


def discard_stdout() -> None:
    """Discard further output to stdout, also the buffered output that Python would write at exit."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the process ends


def print_note(text: str) -> None:
    """Write a note, which is not an error, to stderr."""
    print_line(f"note: {text}")


def print_error(text: str, hint: str | None = None, choices: Iterable[str] = ()) -> None:
    """Write an error, a hint how to fix it, and the corrections to choose from, to stderr."""
    print_line(f"error: {text}")
    if hint:
        print_line(f"  hint: {hint}")
    for choice in choices:
        print_line(f"    {choice}")


def print_next(command: str, what: str) -> None:
    """Write what a user may do next to stderr, and the command that does it."""
    print_line(f"next: {what}: {command}")


def escape_unencodable(text: str, stream: TextIO | None) -> str:
    """`text` with an escape for each character that is not in the stream's encoding."""
    encoding = stream_encoding(stream)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def stream_encoding(stream: TextIO | None) -> str:
    """Encoding of a standard stream; UTF-8 if it is closed or has none."""
    return getattr(stream, "encoding", None) or "utf-8"
