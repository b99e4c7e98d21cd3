"""The last answer of a store: the same question of the same rows is not worked out again.

It is a compressed file in the store, named by the question; a new answer replaces it.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from isal import igzip

from iamglue.errors import IamglueError
from iamglue.version import VERSION

_PREFIX, _SUFFIX = "answer-", ".json.gz"
_LEVEL = 1
_BLOCK = 1 << 20


class AnswerFile:
    """The file for the answer to one question: `question` is all that decides it."""

    def __init__(self, folder: Path, question: Sequence[object]) -> None:
        text = json.dumps([VERSION, *question], sort_keys=True, default=str)
        self._folder = folder
        self._path = folder / f"{_PREFIX}{hashlib.sha256(text.encode()).hexdigest()[:32]}{_SUFFIX}"

    def read(self) -> tuple[list[str], Iterator[str]] | None:
        """The notes and the lines of the answer; None if it is not there, or damaged."""
        try:
            with _opened(self._path, "rb") as file:
                notes = json.loads(file.readline())
                while file.read(_BLOCK):  # to the checksum at the end
                    pass
        except (OSError, EOFError, ValueError):
            return None
        return notes, self._lines()

    def saved(self, notes: Sequence[str], lines: Iterable[str]) -> Iterator[str]:
        """Yield the lines, and keep them; a disk without space for them does no harm."""
        staged = self._folder / f"{_PREFIX}{uuid.uuid4().hex}.part"
        try:
            file = _opened(staged, "wt")
        except OSError:
            yield from lines
            return
        try:
            is_saved = _write(file, json.dumps(list(notes)))
            for line in lines:
                is_saved = is_saved and _write(file, line)
                yield line
            if _is_closed(file) and is_saved:
                self._replace(staged)
        finally:
            _is_closed(file)
            with suppress(OSError):
                staged.unlink()

    def _lines(self) -> Iterator[str]:
        try:
            with _opened(self._path, "rt") as file:
                file.readline()
                for line in file:
                    yield line.rstrip("\n")
        except (OSError, EOFError) as error:
            raise IamglueError(
                f"cannot read {self._path}: {error}", hint="remove the file, and run it again"
            ) from error

    def _replace(self, staged: Path) -> None:
        """Put the answer in place of earlier ones."""
        with suppress(OSError):
            handle = os.open(staged, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
            others = [path for path in self._folder.glob(f"{_PREFIX}*{_SUFFIX}") if path != self._path]
            staged.replace(self._path)
            for path in others:
                path.unlink(missing_ok=True)


def _opened(path: Path, mode: str) -> Any:
    """Open a compressed file; isal has no types for it."""
    options = {"encoding": "utf-8"} if "t" in mode else {}
    return igzip.open(path, mode, compresslevel=_LEVEL, **options)  # type: ignore[no-untyped-call]


def _write(file: TextIO, line: str) -> bool:
    """Write a line; False if the disk is full."""
    try:
        file.write(f"{line}\n")
    except OSError:
        return False
    return True


def _is_closed(file: TextIO) -> bool:
    """Close a file; False if what it holds back cannot be written."""
    try:
        file.close()
    except OSError:
        return False
    return True
