"""Expressions of Python as nodes for the interpreter of CDK source."""

from __future__ import annotations

import ast

from iamglue.infer.code.cdk.cdk_values import PYTHON_SCOPE
from iamglue.infer.code.cdk.python_nodes import EXPRESSIONS, PATH_JOIN, KeywordArguments, PythonConverter, position
from iamglue.infer.code.javascript.syntax import (
    Argument,
    ArrayLiteral,
    Assignment,
    CallExpression,
    Choice,
    Concatenation,
    Expression,
    Fallback,
    ForEach,
    FunctionExpression,
    FunctionInfo,
    Index,
    Literal,
    Member,
    Name,
    ObjectLiteral,
    Opaque,
    Return,
    Sequence,
    Super,
    TargetPattern,
    This,
    VariablePattern,
)


def _constant(_: PythonConverter, node: ast.Constant) -> Expression:
    """A number or a boolean is a text, as in JavaScript; None and bytes have no text."""
    is_text = isinstance(node.value, str | int | float) and node.value is not None
    if isinstance(node.value, bool):
        return Literal(position(node), str(node.value).lower())
    return Literal(position(node), str(node.value) if is_text else None)


def _name(converter: PythonConverter, node: ast.Name) -> Expression:
    """A variable, or `this` for the first parameter of the method around it."""
    if converter.self_name and node.id == converter.self_name:
        return This(position(node))
    return Name(position(node), PYTHON_SCOPE, node.id)


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def _attribute(converter: PythonConverter, node: ast.Attribute) -> Expression:
    target: Expression = Super(position(node)) if _is_super(node.value) else converter.expression(node.value)
    return Member(position(node), target, node.attr)


def _call(converter: PythonConverter, node: ast.Call) -> Expression:
    """A call; keyword arguments are one more argument, and `super().__init__` is `super`."""
    arguments = [
        Argument(
            converter.expression(item.value if isinstance(item, ast.Starred) else item), isinstance(item, ast.Starred)
        )
        for item in node.args
    ]
    if node.keywords:
        entries = tuple((keyword.arg, converter.expression(keyword.value)) for keyword in node.keywords)
        arguments.append(Argument(KeywordArguments(position(node), entries), is_spread=False))
    callee = converter.expression(node.func)
    if isinstance(node.func, ast.Attribute) and node.func.attr == "__init__" and _is_super(node.func.value):
        callee = Super(position(node))
    return CallExpression(position(node), callee, tuple(arguments), ast.unparse(node.func)[:100])


def _dictionary(converter: PythonConverter, node: ast.Dict) -> Expression:
    keys = [converter.expression(key) if key is not None else None for key in node.keys]
    return ObjectLiteral(position(node), tuple(zip(keys, map(converter.expression, node.values), strict=True)))


def _list(converter: PythonConverter, node: ast.List | ast.Tuple | ast.Set) -> Expression:
    """A list; tuples and sets are lists too."""
    elements = (
        Argument(
            converter.expression(item.value if isinstance(item, ast.Starred) else item), isinstance(item, ast.Starred)
        )
        for item in node.elts
    )
    return ArrayLiteral(position(node), tuple(elements))


def _formatted_string(converter: PythonConverter, node: ast.JoinedStr) -> Expression:
    parts = (item.value if isinstance(item, ast.FormattedValue) else item for item in node.values)
    return Concatenation(position(node), tuple(map(converter.expression, parts)))


def _operation(converter: PythonConverter, node: ast.BinOp) -> Expression:
    """`a + b` is a text or a list; `Path(a) / b` a path, and `a | b` a dictionary with the members of both."""
    parts = (converter.expression(node.left), converter.expression(node.right))
    if isinstance(node.op, ast.Div):
        callee = Name(position(node), PYTHON_SCOPE, PATH_JOIN)
        return CallExpression(position(node), callee, tuple(Argument(part, is_spread=False) for part in parts), "/")
    if isinstance(node.op, ast.BitOr):
        return ObjectLiteral(position(node), tuple((None, part) for part in parts))
    return Concatenation(position(node), parts) if isinstance(node.op, ast.Add) else Opaque(position(node), parts)


def _boolean(converter: PythonConverter, node: ast.BoolOp) -> Expression:
    """`a or b` as the first that has a value, `a and b` as any of them."""
    options = tuple(map(converter.expression, node.values))
    return (
        Fallback(position(node), options)
        if isinstance(node.op, ast.Or)
        else Choice(position(node), options[:-1], options)
    )


def _conditional(converter: PythonConverter, node: ast.IfExp) -> Expression:
    options = (converter.expression(node.body), converter.expression(node.orelse))
    return Choice(position(node), (converter.expression(node.test),), options)


def _subscript(converter: PythonConverter, node: ast.Subscript) -> Expression:
    return Index(position(node), converter.expression(node.value), converter.expression(node.slice))


def _named_expression(converter: PythonConverter, node: ast.NamedExpr) -> Expression:
    return converter.assign(node, node.target, converter.expression(node.value))


def _lambda(converter: PythonConverter, node: ast.Lambda) -> Expression:
    return FunctionExpression(position(node), converter.function(node, is_method=False))


# What a comprehension makes is a variable whose name no program can have.
_RESULT = " result"


def _comprehension(
    converter: PythonConverter, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
) -> Expression:
    """A comprehension as a call of a function with loops that fill a list or a dictionary; conditions may hold."""
    at = position(node)
    result = Name(at, PYTHON_SCOPE, _RESULT)
    if isinstance(node, ast.DictComp):
        start: Expression = ObjectLiteral(at, ())
        target = TargetPattern(at, Index(at, result, converter.expression(node.key)))
        body: Expression = Assignment(at, target, converter.expression(node.value))
    else:
        start = ArrayLiteral(at, ())
        element = Argument(converter.expression(node.elt), is_spread=False)
        body = CallExpression(at, Member(at, result, "append"), (element,), "append")
    for loop in reversed(node.generators):
        conditions = tuple(map(converter.expression, loop.ifs))
        values = converter.expression(loop.iter)
        body = ForEach(at, converter.pattern(loop.target), values, Sequence(at, (*conditions, body)), is_of_keys=False)
    made = Assignment(at, VariablePattern(at, PYTHON_SCOPE, _RESULT), start)
    info = FunctionInfo(at, converter.path, "", is_arrow=True, body=Sequence(at, (made, body, Return(at, result))))
    return CallExpression(at, FunctionExpression(at, info), (), "comprehension")


EXPRESSIONS.update(
    {
        ast.Constant: _constant,
        ast.Name: _name,
        ast.Attribute: _attribute,
        ast.Call: _call,
        ast.Dict: _dictionary,
        ast.List: _list,
        ast.Tuple: _list,
        ast.Set: _list,
        ast.JoinedStr: _formatted_string,
        ast.BinOp: _operation,
        ast.BoolOp: _boolean,
        ast.IfExp: _conditional,
        ast.Subscript: _subscript,
        ast.NamedExpr: _named_expression,
        ast.Lambda: _lambda,
        **dict.fromkeys((ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp), _comprehension),
    }
)
