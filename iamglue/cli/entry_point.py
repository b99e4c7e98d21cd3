"""The `iamglue` script: it handles Ctrl-C from the start, and then imports the command line."""

from __future__ import annotations

import os
import signal

_STDERR = 2
_INTERRUPTED = 130  # ExitCode.INTERRUPTED, which is not imported yet


def main() -> None:
    """Run the command line. Ctrl-C before and after the command ends the process with one line, as within it."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # it may be ignored, as for background jobs
        signal.signal(signal.SIGINT, _end_process)
    from iamglue.cli.main import main as run  # noqa: PLC0415 - the handler comes first

    run(prog_name="iamglue")


def _end_process(_number: int, _frame: object) -> None:
    """End the process at once: while modules are imported, an exception could be caught, or end in a traceback."""
    try:
        os.write(_STDERR, b"\nerror: interrupted\n")  # as click: on a line of its own after ^C
    finally:  # standard error may be closed
        os._exit(_INTERRUPTED)
