"""Where a program begins: its handlers, or, if it has none, all functions that others may call."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from iamglue.infer.code.calls import Handler
from iamglue.infer.code.python.program import Program, SourceModule

_HANDLERS = frozenset({"handler", "lambda_handler", "handle", "lambda_function"})
_EVENTS = ("event", "evt", "e")
_CONTEXTS = ("context", "ctx", "_context", "_", "_ctx", "lambda_context", "__", "_c")


def find_handlers(program: Program, given: Sequence[Handler]) -> list[tuple[SourceModule, str]]:
    """The modules and names of the handlers: those that are given, else those that look like one."""
    if given:
        wanted = {(handler.path, handler.name) for handler in given}
        return [(module, name) for module in program.modules for path, name in sorted(wanted) if path == module.path]
    return [(module, name) for module in program.modules for name in _handler_names(module)]


def _handler_names(module: SourceModule) -> Iterator[str]:
    """The names of functions that look like a handler, and of `handler = ...`."""
    for statement in module.tree.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            if _is_handler(statement):
                yield statement.name
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name) and target.id in ("handler", "lambda_handler"):
                    yield target.id


def _is_handler(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function may take an event and a context: by its name, or by the names of its parameters."""
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    required = len(names) - len(function.args.defaults)
    if function.name in _HANDLERS and names and required <= 2:
        return True
    if len(names) < 2 or required > 2:
        return bool(function.args.vararg) and function.name in _HANDLERS
    has_event = names[0].lower().lstrip("_") in _EVENTS or "event" in names[0].lower()
    has_context = names[1].lower() in _CONTEXTS or "context" in names[1].lower()
    return has_event and has_context
