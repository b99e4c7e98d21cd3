"""Reads the calls of a project in all languages that iamglue reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from iamglue.infer.code.calls import CodeFile, CodeReading, Handler
from iamglue.infer.code.project import PYTHON_ENDINGS, Project

if TYPE_CHECKING:
    from iamglue.infer.code.javascript.reader import JavaScriptReader
    from iamglue.infer.code.python.reader import PythonReader

_Placed = TypeVar("_Placed", CodeFile, Handler)


class CodeReader:
    """Reads the calls of a project from one set of entry points after the other; its files are parsed once.

    Raises IamglueError if a file needs an extra that is not installed.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        python, others = _by_language(project.files)
        self._python: PythonReader | None = None
        self._javascript: JavaScriptReader | None = None
        if python:
            from iamglue.infer.code.python.reader import PythonReader  # noqa: PLC0415 - startup: only for its language

            self._python = PythonReader(python)
        if others:
            from iamglue.infer.code.javascript.reader import JavaScriptReader  # noqa: PLC0415 - an extra

            self._javascript = JavaScriptReader([*others, *project.documents])

    def read_calls(self, handlers: Sequence[Handler] = (), *, reached_only: bool = False) -> CodeReading:
        """The calls of all files, and what could not be read of them.

        With `handlers`, nothing comes to the code of a language that none of them has. `reached_only`: only what they
        come to, which takes less time where a program has many of them.
        """
        readings = tuple(self._readings(handlers, reached_only=reached_only))
        return CodeReading(
            tuple(sorted((call for reading in readings for call in reading.calls), key=lambda call: call.place)),
            tuple(sorted((item for reading in readings for item in reading.unresolved), key=lambda item: item.place)),
            tuple(
                sorted(
                    (*self.project.failed, *(item for reading in readings for item in reading.failed)),
                    key=lambda item: item.place,
                )
            ),
            tuple(path for reading in readings for path in reading.read),
            tuple(handler for reading in readings for handler in reading.handlers),
        )

    def _readings(self, handlers: Sequence[Handler], *, reached_only: bool) -> Iterator[CodeReading]:
        """The reading of each language."""
        python_handlers, other_handlers = _by_language(handlers)
        for reader, own in ((self._python, python_handlers), (self._javascript, other_handlers)):
            if reader is None or (reached_only and handlers and not own):
                continue
            reading = reader.read(own, reached_only=reached_only)
            yield reading if own or not handlers else _not_reached(reading)


def read_calls(project: Project, handlers: Sequence[Handler] = ()) -> CodeReading:
    """The calls of all files of a project; see `CodeReader.read_calls`."""
    return CodeReader(project).read_calls(handlers)


def _by_language(items: Sequence[_Placed]) -> tuple[list[_Placed], list[_Placed]]:
    """Those of Python, and the others."""
    python = [item for item in items if item.path.endswith(PYTHON_ENDINGS)]
    return python, [item for item in items if not item.path.endswith(PYTHON_ENDINGS)]


def _not_reached(reading: CodeReading) -> CodeReading:
    calls = tuple(replace(call, is_reached=False) for call in reading.calls)
    return replace(reading, calls=calls, handlers=())
