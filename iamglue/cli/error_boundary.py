"""The one place where errors become messages and exit codes."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

from iamglue.cli import stderr as talk
from iamglue.errors import ExitCode, IamglueError, MultipleErrors
from iamglue.files.signals import raise_on_signals

DEBUG_VARIABLE = "IAMGLUE_DEBUG"


def run_command(command: Callable[[], Any]) -> ExitCode:
    """Run `command` and return its exit code; whatever it raises is told on stderr and has an exit code too.

    SIGTERM and SIGHUP interrupt it as Ctrl-C does.
    """
    try:
        with raise_on_signals():
            return _ran(command)
    except IamglueError as error:
        _tell(error)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt) as abort:
        return _aborted(abort)
    except click.exceptions.NoArgsIsHelpError as no_arguments:
        no_arguments.show()
        return ExitCode.USAGE
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        talk.print_error(error.format_message(), f"see `{context.command_path} --help`" if context else None)
        return ExitCode.USAGE
    except Exception as error:  # noqa: BLE001 - the boundary: what nobody expected is a bug
        return _refused(error) if isinstance(error, OSError) else _bug(error)


def _ran(command: Callable[[], Any]) -> ExitCode:
    try:
        return ExitCode(command() or 0)
    except SystemExit:  # how click ends where a reader closed the pipe: it had enough
        return ExitCode.OK


def _tell(error: IamglueError) -> None:
    if isinstance(error, MultipleErrors):
        for problem in error.problems:
            _tell(problem)
        return
    where = f"{error.location}: " if error.location else ""
    talk.print_error(f"{where}{error.message}", error.hint)


def _refused(error: OSError) -> ExitCode:
    """What the operating system refused where no command expected it; a reader that closed the pipe had enough."""
    talk.discard_stdout()
    if isinstance(error, BrokenPipeError):
        return ExitCode.OK
    what = f"cannot use {error.filename}" if error.filename else "the system refused a read or a write"
    talk.print_error(f"{what}: {(error.strerror or str(error)).lower()}")
    return ExitCode.USAGE


def _aborted(abort: BaseException) -> ExitCode:
    # click makes one exception of Ctrl-C and of an input that ended at a prompt; the cause tells which it was.
    if isinstance(abort.__context__, EOFError):
        talk.print_error(
            "the input ended before every question was answered", "give the answers as options (see --help)"
        )
        return ExitCode.USAGE
    talk.print_error("interrupted")
    return ExitCode.INTERRUPTED


def _bug(error: Exception) -> ExitCode:
    if os.environ.get(DEBUG_VARIABLE):
        import traceback  # noqa: PLC0415 - startup: seldom asked for

        for line in "".join(traceback.format_exception(error)).splitlines():
            talk.print_line(f"  | {line}")
    hint = f"please report it with the command and its input; {DEBUG_VARIABLE}=1 shows where it happened"
    talk.print_error(f"a bug in iamglue: {type(error).__name__}: {error}", hint)
    return ExitCode.BUG
