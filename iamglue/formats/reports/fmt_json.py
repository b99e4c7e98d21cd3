"""What `fmt` did with each spec, as JSON, version 1."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from iamglue.errors import IamglueError
from iamglue.formats.reports.error_json import errors_data
from iamglue.output_escaping import dump_escaped_json

_VERSION = 1


@dataclass(frozen=True, slots=True)
class FileReport:
    """One spec. `is_skipped`: it changed while the command ran. `text` is the new text of stdin."""

    path: str
    has_changes: bool
    is_written: bool
    is_skipped: bool
    diff: str
    text: str | None = None


def fmt_json(files: Iterable[FileReport], errors: Iterable[IamglueError]) -> str:
    """The files with their changes, and the errors of those that could not be read."""
    data = {
        "version": _VERSION,
        "files": [
            {
                "path": file.path,
                "changed": file.has_changes,
                "written": file.is_written,
                "skipped": file.is_skipped,
                "diff": file.diff,
                **({} if file.text is None else {"text": file.text}),
            }
            for file in files
        ],
        "errors": [problem for error in errors for problem in errors_data(error)],
    }
    return dump_escaped_json(data)
