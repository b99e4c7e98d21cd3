"""Writes an output file from blocks that come one by one: as a whole, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from iamglue.errors import IamglueError
from iamglue.files.lock import lock_folder
from iamglue.files.output_file import OutputFile, copy_attributes

_BLOCK = 1 << 20


def write_copy(path: Path, source: Path) -> None:
    """Replace the file by a copy of another one, as `write_blocks` does."""
    with source.open("rb") as file:
        write_blocks(path, iter(lambda: file.read(_BLOCK), b""))


def write_blocks(path: Path, blocks: Iterable[bytes]) -> None:
    """Replace the file by the blocks; an existing one keeps its owner and mode.

    Raises IamglueError if it cannot be written: then it is as it was. A device or a pipe is written to.
    """
    try:
        target = OutputFile.from_path(path)
        if target.real_path.is_dir():
            raise IsADirectoryError(None, "it is a directory")
        if not target.is_replaceable:
            with path.open("wb") as file:
                file.writelines(blocks)
            return
        with lock_folder(target.real_path.parent):
            _replace(target, blocks)
    except OSError as error:
        reason = error.strerror or str(error)
        raise IamglueError(f"cannot write {path}: {reason}", hint="nothing was changed; choose another path") from error


def _replace(target: OutputFile, blocks: Iterable[bytes]) -> None:
    """Write the blocks to the temporary file, then move it to the target; it is removed if that fails."""
    staged = target.temporary_path
    try:
        handle = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if target.status else 0o666)
        with os.fdopen(handle, "wb") as file:
            file.writelines(blocks)
            file.flush()
            copy_attributes(file.fileno(), target)
        staged.replace(target.real_path)
    finally:
        with suppress(OSError):
            staged.unlink()
