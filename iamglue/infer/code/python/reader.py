"""Reads Python programs: the calls of AWS that they make, by their names, values and flow. Nothing of theirs is run."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from iamglue.infer.code.calls import CodeFile, CodeReading, Handler
from iamglue.infer.code.python import (
    callables,
    environment,
    library_helpers,
    named_tuples,
    python_library,
    sdk_sessions,
)
from iamglue.infer.code.python.analysis import ProgramAnalysis
from iamglue.infer.code.python.interning import temporary_interning
from iamglue.infer.code.python.program import read_program

# These modules add the meaning of libraries to the tables of `extern`.
_TABLES = (callables, environment, named_tuples, python_library, sdk_sessions)

# Expressions that people and generators write are nested less; what is nested deeper is reported.
_RECURSION_LIMIT = 6000
library_helpers.add_helpers()


class PythonReader:
    """Reads a program from one set of entry points after the other; its files are parsed once."""

    def __init__(self, files: Sequence[CodeFile]) -> None:
        with _deep_recursion():
            self._program = read_program(files)

    def read(self, handlers: Sequence[Handler] = (), *, reached_only: bool = False) -> CodeReading:
        """The calls of AWS that the program makes.

        The entry points are `handlers`; without any, the functions that look like one (`lambda_handler(event,
        context)`); without any of those, all public functions. What no entry point comes to has `is_reached` false;
        with `reached_only` it is left out, and not even looked at. A file that cannot be parsed is in `failed`.
        """
        with _deep_recursion(), temporary_interning():
            return ProgramAnalysis(self._program, handlers).reading(reached_only=reached_only)


def read_python(files: Sequence[CodeFile], handlers: Sequence[Handler] = ()) -> CodeReading:
    """The calls of AWS that a program makes; see `PythonReader.read`."""
    return PythonReader(files).read(handlers)


@contextmanager
def _deep_recursion() -> Iterator[None]:
    """Allow deeper recursion for a block: the evaluation is as deep as expressions are nested."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
