"""The lock between runs that write into one directory: on the directory itself, so that no file is left behind.

The operating system releases it when a process ends, however it ends, and it holds between containers that share a
directory: https://man7.org/linux/man-pages/man2/flock.2.html
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from iamglue.errors import IamglueError

# A run holds the lock while it writes, not while it reads or thinks.
_LONGEST_WAIT = 60.0
_PAUSE = 0.02


@contextmanager
def lock_folder(folder: Path, wait: float = _LONGEST_WAIT) -> Iterator[bool]:
    """Hold the lock of a directory; gives False where the system or the file system has no such locks.

    Raises IamglueError where another process holds the lock for longer than `wait` seconds.
    """
    try:
        handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    except OSError:  # it may be written and not read, or is not there, which whoever writes into it will find
        yield False
        return
    try:
        yield _is_locked(handle, folder, wait)
    finally:
        os.close(handle)


def try_lock(handle: int) -> bool:
    """Lock an open file, without waiting; False where another process has locked it."""
    try:
        _lock(handle)
    except BlockingIOError:
        return False
    except OSError:  # there are no locks here: nobody else can have one
        pass
    return True


def _is_locked(handle: int, folder: Path, wait: float) -> bool:
    end = time.monotonic() + wait
    while True:
        try:
            return _lock(handle)
        except BlockingIOError as error:
            if time.monotonic() >= end:
                words = f"cannot write in {folder}: another run of iamglue, or another program, has locked it"
                raise IamglueError(words, hint="run it again when the other has ended") from error
            time.sleep(_PAUSE)
        except OSError:
            return False


def _lock(handle: int) -> bool:
    try:
        import fcntl  # noqa: PLC0415 - Windows has none
    except ImportError:
        return False
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return True
