"""A lock between runs that write in one directory: on the directory itself, so that no lock file remains.

The operating system releases the lock when a process ends for any reason. It also works between containers that share a
directory: https://man7.org/linux/man-pages/man2/flock.2.html
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from iamglue.errors import IamglueError

# A run holds the lock only while it writes.
_LONGEST_WAIT = 60.0
_PAUSE = 0.02


@contextmanager
def lock_folder(folder: Path, wait: float = _LONGEST_WAIT) -> Iterator[bool]:
    """Hold the lock of a directory; yields False if the system or the file system does not support locks.

    Raises IamglueError if another process holds the lock for longer than `wait` seconds.
    """
    try:
        handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    except OSError:  # not readable, or missing: the code that writes to it reports that
        yield False
        return
    try:
        yield _acquire_lock(handle, folder, wait)
    finally:
        os.close(handle)


def try_lock(handle: int) -> bool:
    """Lock an open file without waiting; False if another process has locked it."""
    try:
        _lock(handle)
    except BlockingIOError:
        return False
    except OSError:  # locks are not supported, so nobody else can have one
        pass
    return True


def _acquire_lock(handle: int, folder: Path, wait: float) -> bool:
    """Wait for the lock; False if locks are not supported."""
    deadline = time.monotonic() + wait
    while True:
        try:
            return _lock(handle)
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                message = f"cannot write in {folder}: another run of iamglue, or another program, has locked it"
                raise IamglueError(message, hint="run the command again when the other process has ended") from error
            time.sleep(_PAUSE)
        except OSError:
            return False


def _lock(handle: int) -> bool:
    """Lock an open file; False on systems without flock. Raises OSError as flock does."""
    try:
        import fcntl  # noqa: PLC0415 - Windows has none
    except ImportError:
        return False
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return True
