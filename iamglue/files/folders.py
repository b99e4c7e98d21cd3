"""Creates directories for files, and removes them if the files could not be written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from iamglue.errors import IamglueError, Location
from iamglue.files.signals import defer_signals
from iamglue.files.text_files import display_path


def check_path_exists(path: str) -> None:
    """Raise IamglueError if there is no file or directory at a path."""
    if not path or not os.path.lexists(path):
        raise IamglueError("there is no such file or directory", location=Location(display_path(path)))


@contextmanager
def create_folders(folders: Iterable[Path], mode: int) -> Iterator[None]:
    """Create the missing directories, in order; empty ones are removed if the block fails.

    Raises IamglueError if a directory cannot be created.
    """
    created: list[Path] = []
    try:
        for folder in folders:
            if not folder.is_dir():
                with defer_signals():
                    _create(folder, mode)
                    created.append(folder)
        yield
    except BaseException:
        with defer_signals():
            for folder in reversed(created):
                with suppress(OSError):
                    folder.rmdir()
        raise


def _create(folder: Path, mode: int) -> None:
    """Create a directory; one that another process created meanwhile is fine. Raises IamglueError if it cannot be."""
    try:
        folder.mkdir(mode)
    except FileExistsError:
        if not folder.is_dir():
            raise _unwritable(folder, "it is a file") from None
    except OSError as error:
        raise _unwritable(folder, error.strerror or str(error)) from error


def _unwritable(folder: Path, reason: str) -> IamglueError:
    return IamglueError(f"cannot write {folder}: {reason}", hint="nothing was changed; choose another path")
