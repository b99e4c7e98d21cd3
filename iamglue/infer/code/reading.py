"""Reads the calls of a project in all languages that iamglue reads."""

from __future__ import annotations

from collections.abc import Sequence

from iamglue.infer.code.calls import CodeReading, Handler
from iamglue.infer.code.project import PYTHON_ENDINGS, Project


def read_calls(project: Project, handlers: Sequence[Handler] = ()) -> CodeReading:
    """The calls of all files of a project, and what could not be read of them.

    Raises IamglueError if a file needs an extra that is not installed.
    """
    python = [file for file in project.files if file.path.endswith(PYTHON_ENDINGS)]
    others = [file for file in project.files if not file.path.endswith(PYTHON_ENDINGS)]
    readings = []
    if python:
        from iamglue.infer.code.python.reader import read_python  # noqa: PLC0415 - startup: only for its language

        readings.append(read_python(python, [item for item in handlers if item.path.endswith(PYTHON_ENDINGS)]))
    if others:
        from iamglue.infer.code.javascript.reader import read_javascript  # noqa: PLC0415 - an extra

        readings.append(
            read_javascript(
                [*others, *project.documents], [item for item in handlers if not item.path.endswith(PYTHON_ENDINGS)]
            )
        )
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
    )
