"""Where a command's data goes: stdout, or files that are replaced whole or not at all."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path

import click

from iamglue.cli import talk
from iamglue.errors import IamglueError
from iamglue.sources.texts import open_file

# What tells the files of a policy in several pieces apart.
_PIECE = re.compile(r"-[0-9]+(?=\.(json|yaml)$)")
# So many lines are written at a time.
_LINES = 1000


def print_data(text: str) -> None:
    """Write `text` to stdout. A reader that closed the pipe has had enough: that is no error."""
    try:
        click.echo(text, nl=False)
    except OSError as error:
        _end_stdout(error)


def print_lines(lines: Iterable[str]) -> None:
    """Write each line to stdout with a line end, many at a time. A reader that closed the pipe ends it, as above."""
    found = iter(lines)
    try:
        while block := list(islice(found, _LINES)):
            click.echo("\n".join(block))
    except OSError as error:
        _end_stdout(error)


def _end_stdout(error: OSError) -> None:
    """Write no more to stdout. Raises IamglueError but for a pipe that its reader closed."""
    talk.mute_stdout()
    if not isinstance(error, BrokenPipeError):
        raise IamglueError(f"cannot write to stdout: {(error.strerror or str(error)).lower()}") from error


def replace_files(texts: Mapping[Path, str], folder: Path | None = None) -> None:
    """Write every file, or none: all are written beside their targets first, then put in place.

    `folder` is made when it is missing, but not the directories above it.
    Raises IamglueError when a place cannot be written.
    """
    staged: list[tuple[Path, Path]] = []
    at = folder
    try:
        if folder and not folder.is_dir():
            folder.mkdir()
        for at, text in texts.items():
            staged += _staged(at, text)
        for temporary, target in staged:
            temporary.replace(target)
    except (OSError, RuntimeError) as error:  # the latter for links that go in circles
        raise IamglueError(
            f"cannot write {_named(error, at)}", hint="nothing was changed; give another place with -o"
        ) from error
    finally:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)


def write_tree(texts: Mapping[Path, str], folder: Path) -> None:
    """Write files below a folder, which is made with those between. Raises IamglueError as `replace_files` does."""
    try:
        for place in (folder, *(path.parent for path in texts)):
            place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise IamglueError(f"cannot write {_named(error, folder)}", hint="give another directory") from error
    replace_files(texts)
    for path in texts:
        if path.suffix == ".sh":
            path.chmod(0o755)


def out_of_date(texts: Mapping[Path, str]) -> tuple[Path, ...]:
    """The files that are missing or hold another text.

    Raises IamglueError when a file is there but cannot be read.
    """
    return tuple(path for path, text in texts.items() if _content(path) != text.encode())


def left_over(texts: Mapping[Path, str], folder: Path) -> tuple[Path, ...]:
    """The files of `folder` that a policy in more pieces once left beside those of `texts`: `f.policy-3.json`."""
    pieces = {_PIECE.sub("", path.name) for path in texts}
    found = folder.iterdir() if folder.is_dir() else ()
    return tuple(sorted(path for path in found if path not in texts and _PIECE.sub("", path.name) in pieces))


def _staged(path: Path, text: str) -> list[tuple[Path, Path]]:
    # A link keeps pointing where it points: what it points at is replaced.
    target = path.resolve()
    if target.exists() and not target.is_file() and not target.is_dir():
        target.write_text(text, encoding="utf-8")  # /dev/stdout, a named pipe: nothing to replace
        return []
    if target.exists():
        target.open("ab").close()  # a directory or a file that may not be written is refused as such
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        file = temporary.open("xb")
    except OSError as error:
        error.filename = target  # nobody asked for the temporary file
        raise
    with file:
        try:
            file.write(text.encode())
            if target.exists():
                os.fchmod(file.fileno(), stat.S_IMODE(target.stat().st_mode))
        except OSError:
            temporary.unlink()
            raise
    return [(temporary, target)]


def _named(error: OSError | RuntimeError, path: Path | None) -> str:
    """The path that could not be written, and why."""
    if isinstance(error, RuntimeError):
        return f"{path}: its links go in circles"
    # A relative path has no place either where the working directory is gone: the error names no file then.
    return f"{error.filename or path}: {error.strerror or error}"


def _content(path: Path) -> bytes | None:
    try:
        with open_file(str(path)) as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise IamglueError(f"cannot read {path}: {error.strerror or error}") from error
