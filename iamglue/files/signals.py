"""Ctrl-C, SIGTERM and SIGHUP as one interruption, which waits while files are put in place."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

# SIGHUP is not there on Windows.
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@dataclass(slots=True)
class _State:
    """How many sections that must end are being run, and whether the program was interrupted in one of them."""

    sections: int = 0
    interrupted: bool = False


_state = _State()


@contextmanager
def raise_on_signals() -> Iterator[None]:
    """Within it the signals raise KeyboardInterrupt, as Ctrl-C does; one that is ignored (`nohup`) stays ignored."""
    if threading.current_thread() is not threading.main_thread():  # only the main thread may say what signals do
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
    """A section that signals do not cut short: KeyboardInterrupt is raised at its end.

    Gives a function that says whether the program was interrupted, so that a long section can end early.
    """
    _state.sections += 1
    try:
        yield lambda: _state.interrupted
    finally:
        _state.sections -= 1
        if _state.interrupted and not _state.sections:
            _state.interrupted = False
            raise KeyboardInterrupt


def exit_with_parent() -> None:
    """Let a worker process end when its parent says so or is gone, and not by signals that a terminal sends to all."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import parent_process  # noqa: PLC0415 - startup: only for workers

    parent = parent_process()
    if parent is not None:
        parent.join()  # a worker waits for work for ever, as the others hold the pipe's other end
        os._exit(1)


def _interrupt(_number: int, _frame: object) -> None:
    if not _state.sections:
        raise KeyboardInterrupt
    _state.interrupted = True
