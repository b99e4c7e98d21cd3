"""Directories that are made for files, and go again where the files could not be written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from iamglue.errors import IamglueError
from iamglue.files.signals import defer_signals


@contextmanager
def create_folders(folders: Iterable[Path], mode: int) -> Iterator[None]:
    """Make the directories that are missing, in their order; those that are empty go again when the block fails.

    Raises IamglueError when one cannot be made.
    """
    made: list[Path] = []
    try:
        for folder in folders:
            if not folder.is_dir():
                with defer_signals():
                    _make(folder, mode)
                    made.append(folder)
        yield
    except BaseException:
        with defer_signals():
            for folder in reversed(made):
                with suppress(OSError):
                    folder.rmdir()
        raise


def _make(folder: Path, mode: int) -> None:
    try:
        folder.mkdir(mode)
    except FileExistsError:
        if not folder.is_dir():
            raise _unwritable(folder, "a file is there") from None
    except OSError as error:
        raise _unwritable(folder, error.strerror or str(error)) from error


def _unwritable(folder: Path, reason: str) -> IamglueError:
    return IamglueError(f"cannot write {folder}: {reason}", hint="nothing was changed; name another place")
