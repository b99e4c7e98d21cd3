"""Expected errors as data for JSON."""

from __future__ import annotations

from typing import Any

from iamglue.errors import IamglueError, MultipleErrors


def errors_data(error: IamglueError) -> list[dict[str, Any]]:
    """Each problem of an error: message, place, hint and choices; what is not known is null."""
    problems = error.problems if isinstance(error, MultipleErrors) else (error,)
    return [_error_data(problem) for problem in problems]


def _error_data(error: IamglueError) -> dict[str, Any]:
    """One problem; its place is null if it is not in a file."""
    location = error.location
    place = {"path": location.path, "line": location.line, "column": location.column} if location else None
    return {"message": error.message, "place": place, "hint": error.hint, "choices": list(error.choices)}
