"""Reads the text of a file or of standard input."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO

from iamglue.errors import IamglueError, Location

STDIN = "-"
STDIN_PATH = "<stdin>"
# UTF-8 has at most four bytes per character; a file that exceeds the YAML reader's limit is not read completely.
MAX_TEXT_BYTES = 4 * 1024 * 1024
# Paths of inherited open files, such as `<(command)` of a shell: such a pipe ends, as stdin does.
_INHERITED_FILES = ("/dev/fd/", "/proc/self/fd/", "/dev/stdin")
# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_HINT = "pass a file, or - to read standard input"
_MAY_READ = ContextVar("_MAY_READ", default=True)


@contextmanager
def without_files() -> Iterator[None]:
    """Within it, this thread opens no file: texts that name other files are read as if these did not exist."""
    token = _MAY_READ.set(False)
    try:
        yield
    finally:
        _MAY_READ.reset(token)


def may_read_files() -> bool:
    """Whether this thread may look at files: not within `without_files`."""
    return _MAY_READ.get()


def read_text(path: str, max_bytes: int = MAX_TEXT_BYTES) -> str:
    """Read the file at `path`, or standard input for "-".

    Raises IamglueError if it cannot be read, is longer than `max_bytes`, is not text in UTF-8, or stands for a file
    that Git LFS did not fetch.
    """
    where = Location(display_path(path))
    try:
        content = _read_bytes(path, max_bytes + 1)
    except OSError as error:
        raise _read_error(error, where) from error
    except ValueError as error:  # a NUL in the path
        raise IamglueError(f"cannot read the file: {error}", location=where) from error
    if len(content) > max_bytes:
        raise IamglueError(f"the file is longer than the limit of {max_bytes:,} bytes", location=where)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"the file is not UTF-8: byte {error.start + 1} is 0x{content[error.start]:02X}"
        line = content.count(b"\n", 0, error.start) + 1
        raise IamglueError(message, hint="save it as UTF-8", location=Location(where.path, line)) from error
    _check_text(content, where)
    return text


def _check_text(content: bytes, where: Location) -> None:
    """Raises IamglueError for what is not the text of a file: it would look like a file without policies."""
    if content.startswith(_LFS_POINTER):
        message = "the file is a pointer of Git LFS, and its content is not here"
        raise IamglueError(message, hint="fetch it with `git lfs pull`", location=where)
    if b"\0" in content:  # in no JSON, YAML or HCL; UTF-16 without a byte order mark, and encrypted files, have it
        position = content.index(b"\0")
        line = content.count(b"\n", 0, position) + 1
        message = f"the file is not text: byte {position + 1} is 0x00"
        raise IamglueError(message, hint="save it as UTF-8", location=Location(where.path, line))


def read_lines(path: str) -> Iterator[str]:
    """Iterate over the lines of the file at `path`, or of standard input for "-", without their line ends.

    Raises IamglueError, possibly after some lines, if the file cannot be read or a line is not UTF-8.
    """
    where = display_path(path)
    try:
        with _open_input(path) as file:
            for number, line in enumerate(file, start=1):
                yield _decode_line(line, where, number)
    except OSError as error:
        raise _read_error(error, Location(where)) from error
    except ValueError as error:
        raise IamglueError(f"cannot read the file: {error}", location=Location(where)) from error


def open_file(path: str) -> BinaryIO:
    """Open a file for reading.

    Raises OSError if that fails, and for named pipes, sockets and devices: reading them could block forever. Within
    `without_files`, raises FileNotFoundError.
    """
    if not may_read_files():
        raise FileNotFoundError(path)
    mode = Path(path).stat().st_mode
    if stat.S_ISFIFO(mode) and path.startswith(_INHERITED_FILES):
        return Path(path).open("rb")
    _check_regular_file(mode)
    file = open(path, "rb", opener=_open_nonblocking)  # noqa: SIM115 - pathlib takes no opener; callers close it
    try:
        _check_regular_file(os.fstat(file.fileno()).st_mode)  # the file may have been replaced
    except OSError:
        file.close()
        raise
    return file


def special_file_kind(mode: int) -> str | None:
    """Name the kind of a special file by its mode; None for regular files and directories."""
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return None
    return "a named pipe" if stat.S_ISFIFO(mode) else "a socket" if stat.S_ISSOCK(mode) else "a device"


def _check_regular_file(mode: int) -> None:
    """Raise NotAFileError for a named pipe, a socket or a device. A directory passes: opening it fails."""
    kind = special_file_kind(mode)
    if kind:
        raise NotAFileError(f"it is {kind}, not a file")


class NotAFileError(OSError):
    """The path is not a regular file."""


def _open_nonblocking(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _open_input(path: str) -> BinaryIO:
    """Open a file, or standard input for "-"; within `without_files`, "-" too is a file that does not exist."""
    if path != STDIN or not may_read_files():
        return open_file(path)
    if sys.stdin is None:  # it was closed before the program started
        raise OSError("standard input is closed")
    return sys.stdin.buffer


def _decode_line(line: bytes, path: str, number: int) -> str:
    """The text of a line without its end, nor a byte order mark. Raises IamglueError if it is not UTF-8."""
    try:
        return line.rstrip(b"\r\n").decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        message = f"the line is not UTF-8: byte {error.start + 1} is 0x{line[error.start]:02X}"
        raise IamglueError(message, hint="save it as UTF-8", location=Location(path, number)) from error


def _read_error(error: OSError, where: Location) -> IamglueError:
    """The user's error for a failed read."""
    reasons = {FileNotFoundError: "there is no such file", IsADirectoryError: "it is a directory"}
    reason = reasons.get(type(error)) or (error.strerror or str(error)).lower()
    hint = _HINT if isinstance(error, NotAFileError) else None
    return IamglueError(f"cannot read the file: {reason}", hint=hint, location=where)


def display_path(path: str) -> str:
    """The path as shown in messages."""
    return STDIN_PATH if path == STDIN else path


def _read_bytes(path: str, limit: int) -> bytes:
    """At most `limit` bytes of the file."""
    if path == STDIN:
        return _open_input(path).read(limit)
    with open_file(path) as file:
        return file.read(limit)
