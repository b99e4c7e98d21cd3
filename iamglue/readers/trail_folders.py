"""Log files of CloudTrail in local folders, such as a copy of the bucket of a trail."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from iamglue.files.text_files import open_file, special_file_kind
from iamglue.model.trail_files import SkippedFile, TrailFile, TrailFileReader, skip_reason

_ENDINGS = (".json", ".jsonl", ".ndjson", ".csv")
_COMPRESSED = (".gz", ".gzip")


@dataclass(frozen=True, slots=True)
class LocalTrail:
    """A file, or a folder with all folders below it."""

    path: str

    @property
    def name(self) -> str:
        """The absolute path."""
        return os.path.abspath(self.path)  # noqa: PTH100 - links stay as they are

    def files(self) -> Iterator[TrailFile | SkippedFile]:
        """Yield the files in the order of their names; those of other kinds and links to folders are skipped."""
        path = Path(self.path)
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:
            yield SkippedFile(self.path, getattr(error, "strerror", None) or str(error), is_failure=True)
            return
        if stat.S_ISDIR(mode):
            yield from _folder_files(path)
        else:
            yield _file(path)

    def open(self, file: TrailFile) -> AbstractContextManager[TrailFileReader]:
        """Open a file. Raises OSError."""
        return open_file(file.name)


def _folder_files(folder: Path) -> Iterator[TrailFile | SkippedFile]:
    """The files of a folder and all folders below it; then the folders that could not be listed."""
    failures: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=failures.append):
        folders.sort()
        links = [path for name in folders if (path := Path(parent, name)).is_symlink()]
        yield from (SkippedFile(str(path), "it is a link to a folder") for path in links)
        for name in sorted(names):
            path = Path(parent, name)
            reason = skip_reason(str(path)) or _other_kind(name)
            yield SkippedFile(str(path), reason) if reason else _file(path)
    for error in failures:
        yield SkippedFile(str(error.filename), error.strerror or str(error), is_failure=True)


def _other_kind(name: str) -> str | None:
    """Why a file in a folder is not read; a file that is named is read whatever its name is."""
    lower = name.lower()
    for ending in _COMPRESSED:
        lower = lower.removesuffix(ending)
    is_log = lower.endswith(_ENDINGS) or lower != name.lower()
    return None if is_log and not name.startswith(".") else "its name is not that of a log file"


def _file(path: Path) -> TrailFile | SkippedFile:
    """A file with its size and time, by its real path; a special file, such as a pipe, is a failure."""
    try:
        status = path.stat()
    except OSError as error:
        return SkippedFile(str(path), error.strerror or str(error), is_failure=True)
    kind = special_file_kind(status.st_mode)
    if kind is not None and not stat.S_ISREG(status.st_mode):
        return SkippedFile(str(path), f"it is {kind}", is_failure=True)
    return TrailFile(os.path.realpath(path), status.st_size, str(status.st_mtime_ns))
