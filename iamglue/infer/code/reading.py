"""Reads the calls of a project in all languages that iamglue reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from iamglue.infer.code.calls import CodeFile, CodeReading, Handler
from iamglue.infer.code.project import PYTHON_ENDINGS, Project

_Placed = TypeVar("_Placed", CodeFile, Handler)


def read_calls(project: Project, handlers: Sequence[Handler] = ()) -> CodeReading:
    """The calls of all files of a project, and what could not be read of them.

    With `handlers`, nothing comes to the code of a language that none of them has. Raises IamglueError if a file needs
    an extra that is not installed.
    """
    readings = tuple(_readings(project, handlers))
    return CodeReading(
        tuple(sorted((call for reading in readings for call in reading.calls), key=lambda call: call.place)),
        tuple(sorted((item for reading in readings for item in reading.unresolved), key=lambda item: item.place)),
        tuple(
            sorted(
                (*project.failed, *(item for reading in readings for item in reading.failed)),
                key=lambda item: item.place,
            )
        ),
        tuple(path for reading in readings for path in reading.read),
        tuple(handler for reading in readings for handler in reading.handlers),
    )


def _readings(project: Project, handlers: Sequence[Handler]) -> Iterator[CodeReading]:
    """The reading of each language."""
    python, others = _by_language(project.files)
    python_handlers, other_handlers = _by_language(handlers)
    if python:
        from iamglue.infer.code.python.reader import read_python  # noqa: PLC0415 - startup: only for its language

        reading = read_python(python, python_handlers)
        yield reading if python_handlers or not handlers else _not_reached(reading)
    if others:
        from iamglue.infer.code.javascript.reader import read_javascript  # noqa: PLC0415 - an extra

        reading = read_javascript([*others, *project.documents], other_handlers)
        yield reading if other_handlers or not handlers else _not_reached(reading)


def _by_language(items: Sequence[_Placed]) -> tuple[list[_Placed], list[_Placed]]:
    """Those of Python, and the others."""
    python = [item for item in items if item.path.endswith(PYTHON_ENDINGS)]
    return python, [item for item in items if not item.path.endswith(PYTHON_ENDINGS)]


def _not_reached(reading: CodeReading) -> CodeReading:
    calls = tuple(replace(call, is_reached=False) for call in reading.calls)
    return replace(reading, calls=calls, handlers=())
