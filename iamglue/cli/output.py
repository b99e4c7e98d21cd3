"""Output of a command: to stdout, or to files that are replaced atomically.

Text for people and JSON are escaped, so that they cannot control a terminal or the log of a CI job.
"""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import click

from iamglue.cli import stderr
from iamglue.cli.color import is_colored
from iamglue.cli.stderr import escape_unencodable, print_note, stream_encoding
from iamglue.errors import IamglueError, NotEvaluatedError
from iamglue.files.atomic_write import InputDigests, WriteOptions, WriteResult, write_files
from iamglue.files.folders import create_folders
from iamglue.files.text_files import open_file
from iamglue.output_escaping import escape_json_output, escape_output, to_ascii_json

# Formats for people, and JSON formats. All other formats are written as UTF-8 without changes.
_PROSE = frozenset({"text", "markdown"})
_JSON = frozenset({"json", "sarif", "gitlab"})
# The text of a user's own file for another program.
VERBATIM_FORMAT = "as it is"
# The number in the file names of a split policy.
_PART_NUMBER = re.compile(r"-[0-9]+(?=\.(json|yaml)$)")
# Number of characters per write, or a little more.
_WRITE_SIZE = 1 << 16


def print_data(text: str, format: str, paint: Callable[[str], str] | None = None) -> None:
    """Write `text` in `format` to stdout. A pipe that its reader closed is not an error.

    Characters that are not in the encoding of stdout are escaped, in JSON and XML with their own escapes. `paint` adds
    colors to the format "text" where stdout gets them.
    """
    _write_stdout(text, format, paint if format == "text" else None)


def print_lines(lines: Iterable[str], format: str) -> None:
    """Write each line to stdout with a line end, in large blocks, as `print_data` does."""
    block: list[str] = []
    size = 0
    for line in lines:
        block.append(line)
        size += len(line)
        if size >= _WRITE_SIZE:
            if not _write_stdout("\n".join([*block, ""]), format):
                return
            block, size = [], 0
    if block:
        _write_stdout("\n".join([*block, ""]), format)


def _write_stdout(text: str, format: str, paint: Callable[[str], str] | None = None) -> bool:
    """Write `text` to stdout; return False if the reader closed the pipe."""
    escaped = escape_for_format(text, format)
    colored = paint is not None and is_colored(sys.stdout)
    shown = paint(escaped) if paint is not None and colored else escaped
    try:
        click.echo(_encode_for_stdout(shown, format), nl=False, color=colored or None)
    except OSError as error:
        _end_stdout(error)
        return False
    return True


def escape_for_format(text: str, format: str) -> str:
    """`text` in `format`, escaped so that it cannot control a terminal or the log of a CI job.

    Other formats are escaped when they are rendered, because GitHub's format contains commands of ours.
    """
    if format in _PROSE:
        return escape_output(text)
    return escape_json_output(text) if format in _JSON else text


def _encode_for_stdout(text: str, format: str) -> str | bytes:
    """Encode the text, with escapes of the format for characters that stdout cannot represent."""
    if format in _PROSE or codecs.lookup(stream_encoding(sys.stdout)).name == "utf-8":
        return escape_unencodable(text, sys.stdout)
    if format in _JSON:
        return to_ascii_json(text)
    return text.encode("ascii", "xmlcharrefreplace") if format == "junit" else text.encode("utf-8", "backslashreplace")


def _end_stdout(error: OSError) -> None:
    """Discard further output. Raises IamglueError unless the reader closed the pipe."""
    stderr.discard_stdout()
    if not isinstance(error, BrokenPipeError):
        raise IamglueError(f"cannot write to stdout: {(error.strerror or str(error)).lower()}") from error


def replace_files(
    texts: Mapping[Path, str], folder: Path | None = None, *, as_read: InputDigests | None = None, private: bool = False
) -> None:
    """Write all files or none: all are written to temporary files first, then renamed.

    `folder` is created if it is missing, but not its parents. With `private` only the owner can read new files. Raises
    IamglueError if a file cannot be written, and NotEvaluatedError if a file has changed since it was read (`as_read`);
    that file is not changed.
    """
    _write(texts, WriteOptions(as_read or {}, private=private), (folder,) if folder else ())


def replace_unchanged_files(contents: Mapping[Path, bytes], as_read: InputDigests) -> tuple[Path, ...]:
    """Write the files that have not changed since they were read; return the paths of the others, which are skipped."""
    written = write_files(contents, WriteOptions(as_read, per_file=True))
    _note_links(written)
    return tuple(written.skipped)


def write_tree(texts: Mapping[Path, str], folder: Path, *, as_read: InputDigests | None = None) -> None:
    """Write all files below a directory or none, readable only for the owner; missing directories are created.

    Raises the errors of `replace_files`.
    """
    folders = dict.fromkeys(parent for path in (*texts, folder / "any") for parent in reversed(path.parents))
    _write(texts, WriteOptions(as_read or {}, private=True), tuple(folders), folder)


def _write(texts: Mapping[Path, str], options: WriteOptions, folders: Iterable[Path], root: Path | None = None) -> None:
    """Write all files or none, in directories that are created first."""
    contents = {path: text.encode() for path, text in texts.items()}
    with create_folders(folders, 0o700 if options.private else 0o777):
        written = write_files(contents, options, root)
        if written.skipped:
            raise concurrent_change_error(written.skipped[0])
    _note_links(written)


def concurrent_change_error(path: Path) -> NotEvaluatedError:
    """The error for a file that another process changed while the command ran."""
    return NotEvaluatedError(
        f"{path} changed while the command ran and was not overwritten", hint="run the command again"
    )


def _note_links(written: WriteResult) -> None:
    for path in written.hard_linked:
        print_note(f"{path} had other names (hard links), which keep the old text")


def outdated_files(texts: Mapping[Path, str]) -> tuple[Path, ...]:
    """The files that are missing or have another content.

    Raises IamglueError if a file exists but cannot be read.
    """
    return tuple(path for path, text in texts.items() if _content(path) != text.encode())


def leftover_files(texts: Mapping[Path, str], folder: Path) -> tuple[Path, ...]:
    """Files of `folder` from an earlier run that split the policies of `texts` into more parts: `f.policy-3.json`."""
    names = {_PART_NUMBER.sub("", path.name) for path in texts}
    paths = folder.iterdir() if folder.is_dir() else ()
    return tuple(sorted(path for path in paths if path not in texts and _PART_NUMBER.sub("", path.name) in names))


def _content(path: Path) -> bytes | None:
    """Content of the file; None if it does not exist. Raises IamglueError if it cannot be read."""
    try:
        with open_file(str(path)) as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise IamglueError(f"cannot read {path}: {error.strerror or error}") from error
