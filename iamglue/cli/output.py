"""Where a command's data goes: stdout, or files that are replaced whole or not at all.

What is for people, and JSON, can act neither on a terminal nor on the log of a CI job, wherever it goes.
"""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path

import click

from iamglue.cli import stderr as talk
from iamglue.cli.stderr import escape_unencodable, print_note, stream_encoding
from iamglue.errors import IamglueError, NotEvaluatedError
from iamglue.files.atomic_write import InputDigests, WriteOptions, WriteResult, write_files
from iamglue.files.folders import create_folders
from iamglue.files.text_files import open_file
from iamglue.output_escaping import escape_json_output, escape_output, to_ascii_json

# The formats of text for people, and those that are JSON; what is neither is written in UTF-8 as it is.
_PROSE = frozenset({"text", "markdown"})
_JSON = frozenset({"json", "sarif", "gitlab"})
# The text of a user's own file, which goes on to another program.
VERBATIM_FORMAT = "as it is"
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
        click.echo(_encoded(escape_for_format(text, format), format), nl=False)
    except OSError as error:
        _end_stdout(error)
        return False
    return True


def escape_for_format(text: str, format: str) -> str:
    """`text` of a format with nothing in it that a terminal or the log of a CI job obeys.

    Formats that are neither for people nor JSON are made so by what renders them: GitHub's holds commands of ours.
    """
    if format in _PROSE:
        return escape_output(text)
    return escape_json_output(text) if format in _JSON else text


def _encoded(text: str, format: str) -> str | bytes:
    if format in _PROSE or codecs.lookup(stream_encoding(sys.stdout)).name == "utf-8":
        return escape_unencodable(text, sys.stdout)
    if format in _JSON:
        return to_ascii_json(text)
    return text.encode("ascii", "xmlcharrefreplace") if format == "junit" else text.encode("utf-8", "backslashreplace")


def _end_stdout(error: OSError) -> None:
    """Write no more to stdout. Raises IamglueError but for a pipe that its reader closed."""
    talk.discard_stdout()
    if not isinstance(error, BrokenPipeError):
        raise IamglueError(f"cannot write to stdout: {(error.strerror or str(error)).lower()}") from error


def replace_files(
    texts: Mapping[Path, str], folder: Path | None = None, *, as_read: InputDigests | None = None, private: bool = False
) -> None:
    """Write every file of a directory, or none: all are written beside their targets first, then put in place.

    `folder` is made when it is missing, but not the directories above it. With `private` new files are for their owner
    alone. Raises IamglueError when a place cannot be written, and NotEvaluatedError when a file no longer holds what
    was read of it: it is left alone then.
    """
    _write(texts, WriteOptions(as_read or {}, private=private), (folder,) if folder else ())


def replace_unchanged_files(contents: Mapping[Path, bytes], as_read: InputDigests) -> tuple[Path, ...]:
    """Write files that still hold what was read of them; those that do not are left alone, and given back."""
    written = write_files(contents, WriteOptions(as_read, per_file=True))
    _note_links(written)
    return tuple(written.skipped)


def write_tree(texts: Mapping[Path, str], folder: Path, *, as_read: InputDigests | None = None) -> None:
    """Write all files below a folder, or none, for their owner alone; folders that are missing are made.

    Raises as `replace_files` does.
    """
    places = dict.fromkeys(place for path in (*texts, folder / "any") for place in reversed(path.parents))
    _write(texts, WriteOptions(as_read or {}, private=True), tuple(places), folder)


def _write(texts: Mapping[Path, str], rules: WriteOptions, places: Iterable[Path], root: Path | None = None) -> None:
    contents = {path: text.encode() for path, text in texts.items()}
    with create_folders(places, 0o700 if rules.private else 0o777):
        written = write_files(contents, rules, root)
        if written.skipped:
            raise concurrent_change_error(written.skipped[0])
    _note_links(written)


def concurrent_change_error(path: Path) -> NotEvaluatedError:
    """The error that says that a file was changed by somebody else while the command ran."""
    return NotEvaluatedError(f"{path} was changed while the command ran: it is left as it is now", hint="run it again")


def _note_links(written: WriteResult) -> None:
    for path in written.hard_linked:
        print_note(f"{path} had other names (hard links): they keep the text of before")


def outdated_files(texts: Mapping[Path, str]) -> tuple[Path, ...]:
    """The files that are missing or hold another text.

    Raises IamglueError when a file is there but cannot be read.
    """
    return tuple(path for path, text in texts.items() if _content(path) != text.encode())


def leftover_files(texts: Mapping[Path, str], folder: Path) -> tuple[Path, ...]:
    """The files of `folder` that a policy in more pieces once left beside those of `texts`: `f.policy-3.json`."""
    pieces = {_PIECE.sub("", path.name) for path in texts}
    found = folder.iterdir() if folder.is_dir() else ()
    return tuple(sorted(path for path in found if path not in texts and _PIECE.sub("", path.name) in pieces))


def _content(path: Path) -> bytes | None:
    try:
        with open_file(str(path)) as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise IamglueError(f"cannot read {path}: {error.strerror or error}") from error
