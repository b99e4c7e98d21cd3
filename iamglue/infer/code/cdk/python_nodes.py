"""Python's syntax tree as the nodes that JavaScript is read into, for the interpreter of CDK source.

`self` is `this`, `super().__init__(...)` is `super(...)`, and keyword arguments are the last argument, as an object.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from iamglue.infer.code.cdk.cdk_values import PYTHON_SCOPE
from iamglue.infer.code.javascript.syntax import (
    ArrayPattern,
    Assignment,
    DefaultPattern,
    Expression,
    FunctionInfo,
    ObjectLiteral,
    Opaque,
    Pattern,
    Position,
    Return,
    Sequence,
    TargetPattern,
    VariablePattern,
)

# The name by which `/` of paths calls the function that joins them.
PATH_JOIN = " join"


class KeywordArguments(ObjectLiteral):
    """Keyword arguments, which a function of the program takes by their names."""

    __slots__ = ()


def python_module(path: str, text: str) -> FunctionInfo:
    """The code of a Python file as a function. Raises SyntaxError, or ValueError for a text with null characters."""
    tree = ast.parse(text)
    return FunctionInfo((0, 0), path, "", body=PythonConverter(path, "").block(tree.body))


def position(node: ast.AST) -> Position:
    """Where a node begins."""
    return getattr(node, "lineno", 1) - 1, getattr(node, "col_offset", 0)


class PythonConverter:
    """Converts the code of one function; `self_name` is the name of its object, if it is within a method."""

    def __init__(self, path: str, self_name: str) -> None:
        self.path = path
        self.self_name = self_name

    def block(self, statements: list[ast.stmt]) -> Sequence:
        """The statements of a block."""
        return Sequence(position(statements[0]) if statements else (0, 0), tuple(map(self.statement, statements)))

    def statement(self, node: ast.stmt) -> Expression:
        """A statement; what is not followed is opaque."""
        convert: Callable[[PythonConverter, Any], Expression] | None = STATEMENTS.get(type(node))
        return convert(self, node) if convert else Opaque(position(node), ())

    def expression(self, node: ast.expr) -> Expression:
        """An expression; what is not followed is opaque."""
        convert: Callable[[PythonConverter, Any], Expression] | None = EXPRESSIONS.get(type(node))
        return convert(self, node) if convert else Opaque(position(node), ())

    def pattern(self, node: ast.expr) -> Pattern:
        """The target of an assignment as a pattern."""
        if isinstance(node, ast.Name):
            return VariablePattern(position(node), PYTHON_SCOPE, node.id)
        if isinstance(node, ast.Tuple | ast.List):
            starred = [part.value for part in node.elts[-1:] if isinstance(part, ast.Starred)]
            elements = node.elts[:-1] if starred else node.elts
            rest = self.pattern(starred[0]) if starred else None
            return ArrayPattern(position(node), tuple(map(self.pattern, elements)), rest)
        return TargetPattern(position(node), self.expression(node))

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, *, is_method: bool) -> FunctionInfo:
        """A function; the first parameter of a method is left out, as it is `this`."""
        names = [*node.args.posonlyargs, *node.args.args]
        own = names[0].arg if is_method and names else self.self_name
        inner = PythonConverter(self.path, own)
        defaults: list[ast.expr | None] = [None] * (len(names) - len(node.args.defaults)) + list(node.args.defaults)
        pairs = list(zip(names, defaults, strict=True))[1 if is_method and names else 0 :]
        pairs += zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        if isinstance(node, ast.Lambda):
            body: Expression = Return(position(node.body), inner.expression(node.body))
            name = ""
        else:
            body, name = inner.block(node.body), node.name
        rest = node.args.vararg
        return FunctionInfo(
            position(node),
            self.path,
            name,
            is_arrow=not is_method,
            parameters=tuple(self._parameter(parameter, default) for parameter, default in pairs),
            rest=VariablePattern(position(rest), PYTHON_SCOPE, rest.arg) if rest else None,
            properties=(f"**{node.args.kwarg.arg}",) if node.args.kwarg else (),
            body=body,
        )

    def _parameter(self, parameter: ast.arg, default: ast.expr | None) -> Pattern:
        pattern = VariablePattern(position(parameter), PYTHON_SCOPE, parameter.arg)
        return DefaultPattern(position(parameter), pattern, self.expression(default)) if default else pattern

    def assign(self, node: ast.AST, target: ast.expr, value: Expression) -> Expression:
        """An assignment to a target."""
        return Assignment(position(node), self.pattern(target), value)


# By type of node; the modules `python_statements` and `python_expressions` fill them.
STATEMENTS: dict[type[ast.stmt], Callable[[PythonConverter, Any], Expression]] = {}
EXPRESSIONS: dict[type[ast.expr], Callable[[PythonConverter, Any], Expression]] = {}
