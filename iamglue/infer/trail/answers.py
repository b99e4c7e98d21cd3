"""The last answer of a store: the same question of the same rows is not worked out again.

It is a compressed file in the store, named by the question and the checksum of the file; a new answer replaces it.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from isal import igzip, isal_zlib

from iamglue.errors import IamglueError
from iamglue.version import VERSION

_PREFIX, _SUFFIX = "answer-", ".json.gz"
_LEVEL = 1
# Larger blocks are given back to the system each time, which takes four times as long as to write them.
_BLOCK = 1 << 18


class AnswerFile:
    """The file for the answer to one question: `question` is all that decides it."""

    def __init__(self, folder: Path, question: Sequence[object]) -> None:
        text = json.dumps([VERSION, *question], sort_keys=True, default=str)
        self._folder = folder
        self._name = f"{_PREFIX}{hashlib.sha256(text.encode()).hexdigest()[:32]}"

    def read(self) -> tuple[list[str], Iterator[bytes]] | None:
        """The notes and the lines of the answer, in blocks with their ends; None if it is not there, or damaged."""
        try:
            for path in self._folder.glob(f"{self._name}-*{_SUFFIX}"):
                if path.name == self._checked_name(path):
                    with _open_compressed(path, "rb") as file:
                        return json.loads(file.readline()), _line_blocks(path)
        except (OSError, EOFError, ValueError):
            pass
        return None

    def saved(self, notes: Sequence[str], blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the blocks of lines, and keep them; a disk without space for them does no harm."""
        staged = self._folder / f"{_PREFIX}{uuid.uuid4().hex}.part"
        try:
            file = _open_compressed(staged, "wb")
        except OSError:
            yield from blocks
            return
        try:
            is_saved = _try_write(file, f"{json.dumps(list(notes))}\n".encode())
            for block in blocks:
                is_saved = is_saved and _try_write(file, block)
                yield block
            if _try_close(file) and is_saved:
                self._replace(staged)
        finally:
            _try_close(file)
            with suppress(OSError):
                staged.unlink()

    def _checked_name(self, path: Path) -> str:
        """The name of a file with this content. Raises OSError."""
        checksum = 0
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                checksum = isal_zlib.crc32(block, checksum)
        return f"{self._name}-{checksum:08x}{_SUFFIX}"

    def _replace(self, staged: Path) -> None:
        """Put the answer in place of earlier ones."""
        with suppress(OSError):
            handle = os.open(staged, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
            path = self._folder / self._checked_name(staged)
            others = [other for other in self._folder.glob(f"{_PREFIX}*{_SUFFIX}") if other != path]
            staged.replace(path)
            for other in others:
                other.unlink(missing_ok=True)


def _line_blocks(path: Path) -> Iterator[bytes]:
    """Yield the lines after the notes, in blocks of whole lines. Raises IamglueError for a damaged file."""
    try:
        with _open_compressed(path, "rb") as file:
            file.readline()
            while block := file.read(_BLOCK):
                yield block + file.readline()
    except (OSError, EOFError) as error:
        raise IamglueError(f"cannot read {path}: {error}", hint="remove the file, and run it again") from error


def _open_compressed(path: Path, mode: str) -> Any:
    """Open a compressed file; isal has no types for it."""
    return igzip.open(path, mode, compresslevel=_LEVEL)  # type: ignore[no-untyped-call]


def _try_write(file: Any, block: bytes) -> bool:
    """Write a block; False if the disk is full."""
    try:
        file.write(block)
    except OSError:
        return False
    return True


def _try_close(file: Any) -> bool:
    """Close a file; False if what it holds back cannot be written."""
    try:
        file.close()
    except OSError:
        return False
    return True
