"""Bodies of functions that a large program may never need: they are left out of its trees, and parsed when needed.

The trees of a program take seventy times as much memory as its text, and most functions of a large program are of no
interest.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from iamglue.infer.code.python.name_uses import Function, is_sdk_name, outermost_functions

_LINE_END = re.compile(r"\r\n|\r|\n")


def leave_out_bodies(tree: ast.Module, names_of: Mapping[Function, Collection[str]]) -> None:
    """Take the bodies out of the functions that use no name of an SDK; they may be called all the same."""
    for function in outermost_functions(tree):
        if not any(map(is_sdk_name, names_of[function])):
            function.body = []


def function_body(function: Function, text: str) -> list[ast.stmt]:
    """The body of a function of a module with this text, parsed again if it was left out."""
    return function.body or _parsed_body(function, text)


def all_nodes(tree: ast.Module, text: str) -> Iterator[ast.AST]:
    """Every node of a module, with those in bodies that were left out."""
    for node in ast.walk(tree):
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.body:
            for statement in _parsed_body(node, text):
                yield from ast.walk(statement)


def _parsed_body(function: Function, text: str) -> list[ast.stmt]:
    """Parse the lines of the function alone; those of the whole module if they are joined to others."""
    starts = _line_starts(text)
    last = function.end_lineno or function.lineno
    lines = text[starts[function.lineno - 1] : starts[last]]
    is_indented = lines[:1].isspace()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(f"if 1:\n{lines}" if is_indented else lines)
            ast.increment_lineno(tree, function.lineno - 1 - is_indented)
        except SyntaxError:
            tree = ast.parse(text)
    return next(
        node.body
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (node.lineno, node.col_offset) == (function.lineno, function.col_offset)
    )


@lru_cache(maxsize=8)
def _line_starts(text: str) -> list[int]:
    """Where each line of a text begins, and where the last one ends; lines are those of Python's parser."""
    return [0, *(match.end() for match in _LINE_END.finditer(text)), len(text)]
