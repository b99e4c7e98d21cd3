"""Handles Ctrl-C, SIGTERM and SIGHUP as one interruption, which waits while files are moved into place."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

# Windows has no SIGHUP.
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@dataclass(slots=True)
class _State:
    """The number of running uninterruptible sections, and whether a signal arrived in one of them."""

    sections: int = 0
    interrupted: bool = False


_state = _State()


@contextmanager
def raise_on_signals() -> Iterator[None]:
    """Raise KeyboardInterrupt for the signals within the block; ignored signals (`nohup`) stay ignored."""
    if threading.current_thread() is not threading.main_thread():  # only the main thread may set signal handlers
        yield
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def defer_signals() -> Iterator[Callable[[], bool]]:
    """A section that signals do not interrupt: KeyboardInterrupt is raised at its end.

    Yields a function that returns whether a signal arrived, so that a long section can end early.
    """
    _state.sections += 1
    try:
        yield lambda: _state.interrupted
    finally:
        _state.sections -= 1
        if _state.interrupted and not _state.sections:
            _state.interrupted = False
            raise KeyboardInterrupt


def exit_on_signals(before_exit: Callable[[], None], exit_code: int) -> None:
    """Make the signals end the process at once, for a process that waits for input in a thread.

    Such a thread cannot be interrupted, and Python waits for it before it ends. `before_exit` is called first.
    """

    def end(_number: int, _frame: object) -> None:
        before_exit()
        os._exit(exit_code)

    for number in _SIGNALS:
        signal.signal(number, end)


def exit_with_parent() -> None:
    """Make a worker process ignore terminal signals, and end when its parent ends or stops it."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_exit_when_parent_ends, daemon=True).start()


def _exit_when_parent_ends() -> None:
    """End this worker process when its parent ends."""
    from multiprocessing import parent_process  # noqa: PLC0415 - startup: only for workers

    parent = parent_process()
    if parent is not None:
        parent.join()  # otherwise it waits forever: other workers hold the other end of the pipe
        os._exit(1)


def _interrupt(_number: int, _frame: object) -> None:
    """The signal handler: raise KeyboardInterrupt now, or at the end of the uninterruptible sections."""
    if not _state.sections:
        raise KeyboardInterrupt
    _state.interrupted = True
