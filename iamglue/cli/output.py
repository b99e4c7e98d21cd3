"""Where a command's data goes: stdout, or files that are replaced whole or not at all.

What is for people, and JSON, can act neither on a terminal nor on the log of a CI job, wherever it goes.
"""

from __future__ import annotations

import codecs
import os
import re
import stat
import sys
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path

import click

from iamglue.cli.talk import encodable, encoding_of
from iamglue.errors import IamglueError
from iamglue.inert import ascii_json, inert, inert_json

# The formats of text for people, and those that are JSON; what is neither is written in UTF-8 as it is.
_PROSE = frozenset({"text", "markdown"})
_JSON = frozenset({"json", "sarif", "gitlab"})
# The text of a user's own file, which goes on to another program.
AS_IT_IS = "as it is"
# What tells the files of a policy in several pieces apart.
_PIECE = re.compile(r"-[0-9]+(?=\.(json|yaml)$)")
# So many lines are written at a time.
_LINES = 1000


def print_data(text: str, format: str) -> None:
    """Write `text`, which is of `format`, to stdout. A reader that closed the pipe has had enough: that is no error.

    A format for people gets escapes for what the encoding of stdout lacks, JSON and XML theirs.
    """
    _is_taken(text, format)


def print_lines(lines: Iterable[str], format: str) -> None:
    """Write each line to stdout with a line end, many at a time, as `print_data` does."""
    waiting = iter(lines)
    while (block := list(islice(waiting, _LINES))) and _is_taken("\n".join([*block, ""]), format):
        pass


def _is_taken(text: str, format: str) -> bool:
    """Write `text`; whether anybody reads it still."""
    try:
        click.echo(_encoded(inert_as(text, format), format), nl=False)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the process ends
        return False
    return True


def inert_as(text: str, format: str) -> str:
    """`text` of a format with nothing in it that a terminal or the log of a CI job obeys.

    Formats that are neither for people nor JSON are made so by what renders them: GitHub's holds commands of ours.
    """
    if format in _PROSE:
        return inert(text)
    return inert_json(text) if format in _JSON else text


def _encoded(text: str, format: str) -> str | bytes:
    if format in _PROSE or codecs.lookup(encoding_of(sys.stdout)).name == "utf-8":
        return encodable(text, sys.stdout)
    if format in _JSON:
        return ascii_json(text)
    return text.encode("ascii", "xmlcharrefreplace") if format == "junit" else text.encode("utf-8", "backslashreplace")


def replace_files(texts: Mapping[Path, str], folder: Path | None = None) -> None:
    """Write every file, or none: all are written beside their targets first, then put in place.

    `folder` is made when it is missing, but not the directories above it.
    Raises IamglueError when a place cannot be written.
    """
    staged: list[tuple[Path, Path]] = []
    try:
        if folder and not folder.is_dir():
            folder.mkdir()
        for path, text in texts.items():
            staged += _staged(path, text)
        for temporary, target in staged:
            temporary.replace(target)
    except OSError as error:
        raise IamglueError(
            f"cannot write {error.filename}: {error.strerror}", hint="nothing was changed; give another place with -o"
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
        raise IamglueError(f"cannot write {error.filename}: {error.strerror}", hint="give another directory") from error
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


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise IamglueError(f"cannot read {path}: {error.strerror}") from error
