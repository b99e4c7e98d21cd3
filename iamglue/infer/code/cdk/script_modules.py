"""JavaScript and TypeScript files of a CDK app, read by the reader of code in these languages."""

from __future__ import annotations

from iamglue.infer.code.javascript import (  # noqa: F401 - they fill the tables of kinds of nodes
    lower_expressions,
    lower_modules,
    lower_patterns,
    lower_statements,
)
from iamglue.infer.code.javascript.grammar import first_error, parse_source
from iamglue.infer.code.javascript.lower_functions import read_module
from iamglue.infer.code.javascript.syntax import FunctionInfo


def script_module(path: str, text: str) -> tuple[FunctionInfo, int | None]:
    """The code of a file as a function, and the row of what does not parse.

    Raises IamglueError if the packages of the extra `javascript` are not installed.
    """
    source = text.encode("utf-8", "replace")
    root = parse_source(path, source)
    error = first_error(root)
    return read_module(path, source, root)[0], error.start_point[0] if error is not None else None
