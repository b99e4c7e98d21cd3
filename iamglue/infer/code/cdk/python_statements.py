"""Statements of Python as nodes for the interpreter of CDK source."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iamglue.infer.code.cdk.cdk_values import PYTHON_SCOPE
from iamglue.infer.code.cdk.python_nodes import STATEMENTS, PythonConverter, position
from iamglue.infer.code.javascript.syntax import (
    Assignment,
    ClassExpression,
    ClassInfo,
    Expression,
    ForEach,
    FunctionExpression,
    FunctionInfo,
    If,
    Import,
    Leave,
    Loop,
    Member,
    MethodInfo,
    Opaque,
    Return,
    Sequence,
    Switch,
    TargetPattern,
    This,
    Try,
    VariablePattern,
)


def _import(_: PythonConverter, node: ast.Import) -> Expression:
    return Sequence(position(node), tuple(_imported_modules(node)))


def _imported_modules(node: ast.Import) -> Iterator[Import]:
    """`import a.b` gives `a`; `import a.b as c` gives `a.b`."""
    for alias in node.names:
        name, source = (alias.asname, alias.name) if alias.asname else (alias.name.partition(".")[0],) * 2
        yield Import(position(node), VariablePattern(position(node), PYTHON_SCOPE, name), source, "*")


def _import_from(_: PythonConverter, node: ast.ImportFrom) -> Expression:
    """An import for each name, with the dots of a relative one before the module; `*` binds all names."""
    source = "." * node.level + (node.module or "")
    return Sequence(
        position(node),
        tuple(
            Import(
                position(node),
                VariablePattern(position(node), PYTHON_SCOPE, alias.asname or alias.name),
                source,
                alias.name,
            )
            for alias in node.names
        ),
    )


def _assign(converter: PythonConverter, node: ast.Assign) -> Expression:
    """`a = b = value`: the value is evaluated once, as the value of the assignment to the first target."""
    value = converter.expression(node.value)
    for target in node.targets:
        value = converter.assign(node, target, value)
    return value


def _annotated_assignment(converter: PythonConverter, node: ast.AnnAssign) -> Expression:
    """The assignment; a declaration without a value does nothing."""
    return (
        converter.assign(node, node.target, converter.expression(node.value))
        if node.value
        else Opaque(position(node), ())
    )


def _augmented_assignment(converter: PythonConverter, node: ast.AugAssign) -> Expression:
    pattern = converter.pattern(node.target)
    return Assignment(position(node), pattern, converter.expression(node.value), is_update=True)


def _if(converter: PythonConverter, node: ast.If) -> Expression:
    """One branch and its `else`; an `elif` is an `if` in the `else`."""
    branches: list[tuple[Expression | None, Expression]] = [
        (converter.expression(node.test), converter.block(node.body))
    ]
    if node.orelse:
        branches.append((None, converter.block(node.orelse)))
    return If(position(node), tuple(branches))


def _for(converter: PythonConverter, node: ast.For) -> Expression:
    values, body = converter.expression(node.iter), converter.block(node.body)
    return ForEach(position(node), converter.pattern(node.target), values, body, is_of_keys=False)


def _while(converter: PythonConverter, node: ast.While) -> Expression:
    return Loop(position(node), None, (converter.expression(node.test), converter.block(node.body)))


def _match(converter: PythonConverter, node: ast.Match) -> Expression:
    """A `match` as a `switch`: which case it is, and what its pattern binds, is not known."""
    cases = tuple((None, converter.block(case.body)) for case in node.cases)
    return Switch(position(node), converter.expression(node.subject), cases)


def _with(converter: PythonConverter, node: ast.With) -> Expression:
    """The assignments of `as`, then the block; a manager without `as` is left out."""
    named = [
        converter.assign(node, item.optional_vars, converter.expression(item.context_expr))
        for item in node.items
        if item.optional_vars is not None
    ]
    return Sequence(position(node), (*named, converter.block(node.body)))


def _try(converter: PythonConverter, node: ast.Try) -> Expression:
    """The body with its `else`; all handlers are one, as any of them may run."""
    body = converter.block([*node.body, *node.orelse])
    handlers = Sequence(position(node), tuple(converter.block(handler.body) for handler in node.handlers))
    return Try(position(node), body, None, handlers, converter.block(node.finalbody) if node.finalbody else None)


def _function(converter: PythonConverter, node: ast.FunctionDef) -> Expression:
    value = FunctionExpression(position(node), converter.function(node, is_method=False))
    return Assignment(position(node), VariablePattern(position(node), PYTHON_SCOPE, node.name), value)


def _class(converter: PythonConverter, node: ast.ClassDef) -> Expression:
    """A class that is assigned to its name; fields of its body are static, and `__init__` is the constructor."""
    outer = PythonConverter(converter.path, "")
    methods = [_method(outer, item) for item in node.body if isinstance(item, ast.FunctionDef)]
    fields = [item for item in node.body if isinstance(item, ast.Assign | ast.AnnAssign)]
    info = ClassInfo(
        position(node),
        node.name,
        converter.expression(node.bases[0]) if node.bases else None,
        tuple(methods),
        FunctionInfo(position(node), converter.path, "", body=Sequence(position(node), ())),
        FunctionInfo(
            position(node),
            converter.path,
            "",
            body=Sequence(position(node), tuple(_class_field(outer, item) for item in fields)),
        ),
        {},
    )
    target = VariablePattern(position(node), PYTHON_SCOPE, node.name)
    return Assignment(position(node), target, ClassExpression(position(node), info))


def _method(converter: PythonConverter, node: ast.FunctionDef) -> MethodInfo:
    """A method; a class method counts as static, and a property as a getter."""
    decorators = {item.id for item in node.decorator_list if isinstance(item, ast.Name)}
    is_static = bool(decorators & {"staticmethod", "classmethod"})
    info = converter.function(node, is_method="staticmethod" not in decorators)
    name = "constructor" if node.name == "__init__" else node.name
    return MethodInfo(name, info, is_static, "get" if "property" in decorators else "method")


def _class_field(converter: PythonConverter, node: ast.Assign | ast.AnnAssign) -> Expression:
    """A variable of a class: a member of the class itself."""
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    if node.value is None or not isinstance(target, ast.Name):
        return Opaque(position(node), ())
    member = Member(position(node), This(position(node)), target.id)
    return Assignment(position(node), TargetPattern(position(node), member), converter.expression(node.value))


def _return(converter: PythonConverter, node: ast.Return) -> Expression:
    return Return(position(node), converter.expression(node.value) if node.value else None)


def _raise(_: PythonConverter, node: ast.AST) -> Expression:
    return Leave(position(node), None, is_jump=not isinstance(node, ast.Raise))


STATEMENTS.update(
    {
        ast.Import: _import,
        ast.ImportFrom: _import_from,
        ast.Assign: _assign,
        ast.AnnAssign: _annotated_assignment,
        ast.AugAssign: _augmented_assignment,
        ast.Expr: lambda converter, node: converter.expression(node.value),
        ast.If: _if,
        ast.For: _for,
        ast.While: _while,
        ast.Match: _match,
        ast.With: _with,
        ast.Try: _try,
        ast.TryStar: _try,
        ast.FunctionDef: _function,
        ast.ClassDef: _class,
        ast.Return: _return,
        ast.Raise: _raise,
        ast.Break: _raise,
        ast.Continue: _raise,
    }
)
