"""The text of a file or of standard input."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from iamglue.errors import IamglueError, Location

STDIN = "-"
STDIN_PATH = "<stdin>"
# UTF-8 takes at most four bytes a character; what is longer than the YAML reader's limit need not be read whole.
_MAX_BYTES = 4 * 1024 * 1024
# Where the system keeps what a process was handed open, as `<(command)` of a shell: such a pipe ends as stdin does.
_HANDED = ("/dev/fd/", "/proc/self/fd/", "/dev/stdin")
_HINT = "give a file, or - and the text on standard input"


def read_text(path: str, max_bytes: int = _MAX_BYTES) -> str:
    """The text of the file at `path`, or of standard input for "-".

    Raises IamglueError when it cannot be read, is longer than `max_bytes`, or is not UTF-8.
    """
    where = Location(display_path(path))
    try:
        content = _content(path, max_bytes + 1)
    except OSError as error:
        raise _unreadable(error, where) from error
    except ValueError as error:  # a NUL in the path
        raise IamglueError(f"cannot read the file: {error}", location=where) from error
    if len(content) > max_bytes:
        raise IamglueError(f"the file is longer than the limit of {max_bytes:,} bytes", location=where)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"the file is not UTF-8: byte {error.start + 1} is 0x{content[error.start]:02X}"
        line = content.count(b"\n", 0, error.start) + 1
        raise IamglueError(message, hint="save it as UTF-8", location=Location(where.path, line)) from error


def read_lines(path: str) -> Iterator[str]:
    """The lines of the file at `path`, or of standard input for "-", without their ends, as they are read.

    Raises IamglueError, some lines in perhaps, when it cannot be read or a line is not UTF-8.
    """
    where = display_path(path)
    try:
        with _opened(path) as file:
            for number, line in enumerate(file, start=1):
                yield _decoded(line, where, number)
    except OSError as error:
        raise _unreadable(error, Location(where)) from error
    except ValueError as error:
        raise IamglueError(f"cannot read the file: {error}", location=Location(where)) from error


def open_file(path: str) -> BinaryIO:
    """A file that is open for reading.

    Raises OSError where it cannot be, as for a named pipe, a socket and a device: to read those might wait for ever.
    """
    mode = Path(path).stat().st_mode
    if stat.S_ISFIFO(mode) and path.startswith(_HANDED):
        return Path(path).open("rb")
    _check_file(mode)
    file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115 - pathlib takes no opener; callers close it
    try:
        _check_file(os.fstat(file.fileno()).st_mode)  # what was a file may be none any more
    except OSError:
        file.close()
        raise
    return file


def special_file_kind(mode: int) -> str | None:
    """What something is that is neither a file nor a directory, in words, by its mode; None for those."""
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return None
    return "a named pipe" if stat.S_ISFIFO(mode) else "a socket" if stat.S_ISSOCK(mode) else "a device"


def _check_file(mode: int) -> None:
    kind = special_file_kind(mode)
    if kind:
        raise NotAFileError(f"it is {kind}, not a file")


class NotAFileError(OSError):
    """What stands at a path is no file."""


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _opened(path: str) -> BinaryIO:
    if path != STDIN:
        return open_file(path)
    if sys.stdin is None:  # it was closed before the program began
        raise OSError("there is no standard input")
    return sys.stdin.buffer


def _decoded(line: bytes, path: str, number: int) -> str:
    try:
        return line.rstrip(b"\r\n").decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        message = f"the line is not UTF-8: byte {error.start + 1} is 0x{line[error.start]:02X}"
        raise IamglueError(message, hint="save it as UTF-8", location=Location(path, number)) from error


def _unreadable(error: OSError, where: Location) -> IamglueError:
    reasons = {FileNotFoundError: "there is no such file", IsADirectoryError: "it is a directory"}
    reason = reasons.get(type(error)) or (error.strerror or str(error)).lower()
    hint = _HINT if isinstance(error, NotAFileError) else None
    return IamglueError(f"cannot read the file: {reason}", hint=hint, location=where)


def display_path(path: str) -> str:
    """The path as messages name it."""
    return STDIN_PATH if path == STDIN else path


def _content(path: str, limit: int) -> bytes:
    if path == STDIN:
        return _opened(path).read(limit)
    with open_file(path) as file:
        return file.read(limit)
