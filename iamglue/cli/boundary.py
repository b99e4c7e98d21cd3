"""The one place where errors become messages and exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

import click

from iamglue.errors import ExitCode, IamglueError, Problems

DEBUG = "IAMGLUE_DEBUG"


def exit_code(command: Callable[[], Any]) -> ExitCode:
    """Run `command` and return its exit code; whatever it raises is told on stderr and has an exit code too."""
    try:
        return ExitCode(command() or 0)
    except IamglueError as error:
        _tell(error)
        return error.exit_code
    except click.Abort as abort:
        return _aborted(abort)
    except click.exceptions.NoArgsIsHelpError as help_:
        help_.show()
        return ExitCode.USAGE
    except click.ClickException as error:
        _say("error", error.format_message())
        _hint_at_help(error)
        return ExitCode.USAGE
    except Exception as error:  # noqa: BLE001 - the boundary: what nobody expected is a bug
        return _bug(error)


def printable(text: str) -> str:
    """`text` with control characters made visible: a message may quote a hostile file, a terminal would obey it."""
    return "".join(char if char.isprintable() or char in "\n\t" else ascii(char)[1:-1] for char in text)


def _tell(error: IamglueError) -> None:
    if isinstance(error, Problems):
        for problem in error.problems:
            _tell(problem)
        return
    where = f"{error.location}: " if error.location else ""
    _say("error", f"{where}{error.message}")
    if error.hint:
        _say("  hint", error.hint)


def _aborted(abort: click.Abort) -> ExitCode:
    # click makes one exception of Ctrl-C and of an input that ended at a prompt; the cause tells which it was.
    if isinstance(abort.__context__, EOFError):
        _say("error", "the input ended before every question was answered")
        _say("  hint", "give the answers as options (see --help)")
        return ExitCode.USAGE
    _say("error", "interrupted")
    return ExitCode.INTERRUPTED


def _hint_at_help(error: click.ClickException) -> None:
    context = getattr(error, "ctx", None)
    if context is not None:
        _say("  hint", f"see `{context.command_path} --help`")


def _bug(error: Exception) -> ExitCode:
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    _say("error", f"a bug in iamglue: {type(error).__name__}: {error}")
    _say("  hint", f"please report it with the command and its input; {DEBUG}=1 shows where it happened")
    return ExitCode.BUG


def _say(kind: str, text: str) -> None:
    try:
        click.echo(f"{kind}: {printable(text)}", file=sys.stderr)
    except BrokenPipeError:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the process ends
