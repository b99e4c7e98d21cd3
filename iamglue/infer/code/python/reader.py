"""Reads Python programs: the calls of AWS that they make, by their names, values and flow. Nothing of theirs is run."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from iamglue.infer.code.calls import CodeFile, CodeReading, Handler
from iamglue.infer.code.python import (
    callables,
    environment,
    library_helpers,
    named_tuples,
    python_library,
    sdk_sessions,
)
from iamglue.infer.code.python.analysis import Analysis
from iamglue.infer.code.python.program import read_program
from iamglue.infer.code.python.shared import forgetting

# These modules add the meaning of libraries to the tables of `extern`.
_TABLES = (callables, environment, named_tuples, python_library, sdk_sessions)

# Expressions that people and generators write are nested less; what is nested deeper is reported.
_RECURSION_LIMIT = 6000
library_helpers.add_helpers()


def read_python(files: Sequence[CodeFile], handlers: Sequence[Handler] = ()) -> CodeReading:
    """The calls of AWS that a program makes.

    The entry points are `handlers`; without any, the functions that look like one (`lambda_handler(event, context)`);
    without any of those, all public functions. What no entry point comes to has `is_reached` false. A file that
    cannot be parsed is in `failed`.
    """
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))
    try:
        with forgetting():
            return Analysis(read_program(files), handlers).reading()
    finally:
        sys.setrecursionlimit(limit)
