"""Expected errors: what is wrong, where, what was expected, and a hint."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of commands; if several apply, `worst_exit_code` chooses one."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    NOT_EVALUATED = 3
    BUG = 4
    INTERRUPTED = 130


def worst_exit_code(codes: Iterable[ExitCode]) -> ExitCode:
    """The exit code to report if several apply; the order is 130, 4, 2, 3, 1, 0."""
    order = (ExitCode.INTERRUPTED, ExitCode.BUG, ExitCode.USAGE, ExitCode.NOT_EVALUATED, ExitCode.FINDINGS)
    present = set(codes)
    return next((code for code in order if code in present), ExitCode.OK)


@dataclass(frozen=True, slots=True)
class Location:
    """A location in a user's file: path as the user wrote it; line and column count from 1."""

    path: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [self.path, self.line, self.column]
        return ":".join(str(part) for part in parts if part is not None)


class IamglueError(Exception):
    """An expected error. `message` says what is wrong and what was expected, `hint` what to do.

    `choices` are the possible corrections of which the user knows the right one, each for a line below the hint.
    """

    exit_code: ExitCode = ExitCode.USAGE

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        location: Location | None = None,
        choices: Iterable[str] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.location = location
        self.choices = tuple(choices)

    @property
    def advice(self) -> str | None:
        """The hint and the choices on one line; None if there is no hint."""
        return "; ".join(filter(None, (self.hint, *self.choices))) or None

    def __str__(self) -> str:
        where = f"{self.location}: " if self.location else ""
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return "\n    ".join((f"{where}{self.message}{hint}", *self.choices))


class NotEvaluatedError(IamglueError):
    """Something that was requested could not be read or evaluated."""

    exit_code = ExitCode.NOT_EVALUATED


class DeploymentValueError(IamglueError):
    """A Region or account that only the deployment knows is required."""


class MultipleErrors(IamglueError):
    """Several errors of one run, in the order of their locations."""

    def __init__(self, problems: Iterable[IamglueError]) -> None:
        self.problems = tuple(sorted(problems, key=_sort_key))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __str__(self) -> str:
        return self.message


def _sort_key(problem: IamglueError) -> tuple[str, int, int]:
    where = problem.location
    return (where.path, where.line or 0, where.column or 0) if where else ("", 0, 0)
