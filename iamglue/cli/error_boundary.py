"""The only place that turns errors into messages and exit codes."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

from iamglue.cli import stderr
from iamglue.errors import ExitCode, IamglueError, MultipleErrors
from iamglue.files.signals import raise_on_signals

DEBUG_VARIABLE = "IAMGLUE_DEBUG"


def run_command(command: Callable[[], Any]) -> ExitCode:
    """Run `command` and return its exit code. Every exception is reported on stderr and has an exit code too.

    SIGTERM and SIGHUP interrupt it like Ctrl-C.
    """
    try:
        with raise_on_signals():
            return _exit_code_of(command)
    except IamglueError as error:
        report_error(error)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt) as abort:
        return _report_abort(abort)
    except click.exceptions.NoArgsIsHelpError as no_arguments:
        no_arguments.show()
        return ExitCode.USAGE
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        stderr.print_error(error.format_message(), f"see `{context.command_path} --help`" if context else None)
        return ExitCode.USAGE
    except Exception as error:  # noqa: BLE001 - the boundary: an unexpected exception is a bug
        return _report_os_error(error) if isinstance(error, OSError) else _report_bug(error)


def _exit_code_of(command: Callable[[], Any]) -> ExitCode:
    """Run the command and return its exit code."""
    try:
        return ExitCode(command() or 0)
    except SystemExit:  # click exits so when the reader closed the pipe, which is not an error
        return ExitCode.OK


def report_error(error: IamglueError) -> None:
    """Write an error, or each of several, to stderr."""
    if isinstance(error, MultipleErrors):
        for problem in error.problems:
            report_error(problem)
        return
    where = f"{error.location}: " if error.location else ""
    stderr.print_error(f"{where}{error.message}", error.hint, error.choices)


def _report_os_error(error: OSError) -> ExitCode:
    """Report an OSError that no command handled; a pipe that its reader closed is not an error."""
    stderr.discard_stdout()
    if isinstance(error, BrokenPipeError):
        return ExitCode.OK
    what = f"cannot use {error.filename}" if error.filename else "a read or write failed"
    stderr.print_error(f"{what}: {(error.strerror or str(error)).lower()}")
    return ExitCode.USAGE


def _report_abort(abort: BaseException) -> ExitCode:
    """Say what ended the command: Ctrl-C, or the end of the input at a question."""
    # click raises the same exception for Ctrl-C and for end of input at a prompt; the context distinguishes them.
    if isinstance(abort.__context__, EOFError):
        stderr.print_error(
            "the input ended before all questions were answered", "give the answers as options (see --help)"
        )
        return ExitCode.USAGE
    notes = getattr(abort.__cause__ or abort, "__notes__", ())  # such as the rule that ran
    stderr.print_error(" ".join(("interrupted", *notes)))
    return ExitCode.INTERRUPTED


def _report_bug(error: Exception) -> ExitCode:
    """Report an exception that nothing expects, with its traceback if the environment asks for it."""
    if os.environ.get(DEBUG_VARIABLE):
        import traceback  # noqa: PLC0415 - startup: rarely needed

        for line in "".join(traceback.format_exception(error)).splitlines():
            stderr.print_line(f"  | {line}")
    hint = f"please report it with the command and its input; {DEBUG_VARIABLE}=1 shows the traceback"
    stderr.print_error(f"bug in iamglue: {type(error).__name__}: {error}", hint)
    return ExitCode.BUG
