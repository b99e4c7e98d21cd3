"""Statements of JavaScript and TypeScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iamglue.infer.code.javascript.lower_functions import declared_type
from iamglue.infer.code.javascript.lowering import EXPRESSIONS, Lowering, named, pattern_names, position
from iamglue.infer.code.javascript.syntax import (
    Assignment,
    Expression,
    ForEach,
    If,
    Leave,
    LexicalScope,
    Literal,
    Loop,
    Opaque,
    Pattern,
    Return,
    Sequence,
    Switch,
    Try,
    VariablePattern,
)

if TYPE_CHECKING:
    from tree_sitter import Node


def _expression_statement(lowering: Lowering, node: Node) -> Expression:
    parts = named(node)
    return lowering.expression(parts[0]) if parts else Sequence(position(node), ())


def _block(lowering: Lowering, node: Node) -> Expression:
    return lowering.block(named(node), position(node))


def _declaration(lowering: Lowering, node: Node) -> Expression:
    """`const`, `let`, `var`: the last is a variable of the whole function."""
    parts: list[Expression] = []
    scope = lowering.function_scope if node.type == "variable_declaration" else lowering.scope
    for declarator in named(node):
        name, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
        if name is None:
            continue
        for variable in pattern_names(name):
            scope.declare(lowering.text(variable))
        pattern = lowering.pattern(name)
        if isinstance(pattern, VariablePattern):
            pattern.type_name = declared_type(lowering, declarator)
        if value is not None or isinstance(pattern, VariablePattern):
            written = lowering.expression(value) if value is not None else None
            parts.append(Assignment(position(declarator), pattern, written))
    return Sequence(position(node), tuple(parts))


def _if(lowering: Lowering, node: Node) -> Expression:
    """`if` with all its `else if`, however many."""
    branches: list[tuple[Expression | None, Expression]] = []
    inner: Node | None = node
    while inner is not None and inner.type == "if_statement":
        condition = lowering.expression(inner.child_by_field_name("condition"))
        branches.append((condition, lowering.expression(inner.child_by_field_name("consequence"))))
        alternative = inner.child_by_field_name("alternative")
        inner = named(alternative)[0] if alternative is not None and named(alternative) else None
    if inner is not None:
        branches.append((None, lowering.expression(inner)))
    return If(position(node), tuple(branches))


def _for(lowering: Lowering, node: Node) -> Expression:
    """`for (start; condition; increment)`, with a scope for the variables of its start."""
    outer, lowering.scope = lowering.scope, LexicalScope(lowering.owner, lowering.scope)
    try:
        initializer = node.child_by_field_name("initializer")
        start = None
        if initializer is not None:
            for variable in _let_names(initializer):
                lowering.scope.declare(lowering.text(variable))
            start = lowering.expression(initializer)
        parts = [node.child_by_field_name(field) for field in ("condition", "body", "increment")]
        return Loop(position(node), start, tuple(lowering.expression(part) for part in parts if part is not None))
    finally:
        lowering.scope = outer


def _let_names(node: Node) -> list[Node]:
    """The names that the start of a loop declares by `let` or `const`."""
    if node.type != "lexical_declaration":
        return []
    names = [declarator.child_by_field_name("name") for declarator in named(node)]
    return [variable for name in names if name is not None for variable in pattern_names(name)]


def _for_in(lowering: Lowering, node: Node) -> Expression:
    """`for ... of` and `for ... in`, with a scope for the variable."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    sign = node.child_by_field_name("operator")
    kind = node.child_by_field_name("kind")
    values = lowering.expression(right)
    outer, lowering.scope = lowering.scope, LexicalScope(lowering.owner, lowering.scope)
    try:
        if left is not None and kind is not None:
            scope = lowering.function_scope if lowering.text(kind) == "var" else lowering.scope
            for variable in pattern_names(left):
                scope.declare(lowering.text(variable))
        target: Pattern = (
            lowering.pattern(left) if left is not None else VariablePattern(position(node), lowering.scope, "")
        )
        body = lowering.expression(node.child_by_field_name("body"))
        return ForEach(position(node), target, values, body, sign is not None and lowering.text(sign) == "in")
    finally:
        lowering.scope = outer


def _while(lowering: Lowering, node: Node) -> Expression:
    condition = lowering.expression(node.child_by_field_name("condition"))
    return Loop(position(node), None, (condition, lowering.expression(node.child_by_field_name("body"))))


def _switch(lowering: Lowering, node: Node) -> Expression:
    """The cases of a `switch`, which share one scope."""
    body = node.child_by_field_name("body")
    outer, lowering.scope = lowering.scope, LexicalScope(lowering.owner, lowering.scope)
    try:
        cases = [_switch_case(lowering, case) for case in (named(body) if body is not None else [])]
        return Switch(position(node), lowering.expression(node.child_by_field_name("value")), tuple(cases))
    finally:
        lowering.scope = outer


def _switch_case(lowering: Lowering, node: Node) -> tuple[Expression | None, Expression]:
    """The condition of a case, None for `default`, and its statements."""
    value = node.child_by_field_name("value")
    statements = [child for child in named(node) if value is None or child != value]
    body = lowering.statements(statements, position(node))
    return lowering.expression(value) if value is not None else None, body


def _try(lowering: Lowering, node: Node) -> Expression:
    """`try` with its handler, which has a scope for the error."""
    handler, finalizer = node.child_by_field_name("handler"), node.child_by_field_name("finalizer")
    target: Pattern | None = None
    caught: Expression | None = None
    if handler is not None:
        outer, lowering.scope = lowering.scope, LexicalScope(lowering.owner, lowering.scope)
        try:
            parameter = handler.child_by_field_name("parameter")
            if parameter is not None:
                for variable in pattern_names(parameter):
                    lowering.scope.declare(lowering.text(variable))
                target = lowering.pattern(parameter)
            caught = lowering.expression(handler.child_by_field_name("body"))
        finally:
            lowering.scope = outer
    last = finalizer.child_by_field_name("body") if finalizer is not None else None
    body = lowering.expression(node.child_by_field_name("body"))
    return Try(position(node), body, target, caught, lowering.expression(last) if last is not None else None)


def _return(lowering: Lowering, node: Node) -> Expression:
    parts = named(node)
    return Return(position(node), lowering.expression(parts[0]) if parts else None)


def _leave(lowering: Lowering, node: Node) -> Expression:
    """`throw`, `break` and `continue`."""
    is_jump = node.type != "throw_statement"
    parts = [] if is_jump else named(node)
    return Leave(position(node), lowering.expression(parts[0]) if parts else None, is_jump)


def _labeled_statement(lowering: Lowering, node: Node) -> Expression:
    return lowering.expression(node.child_by_field_name("body"))


def _with(lowering: Lowering, node: Node) -> Expression:
    return Opaque(position(node), tuple(lowering.expression(child) for child in named(node)))


def _type_only(_lowering: Lowering, node: Node) -> Expression:
    return Literal(position(node), None)


EXPRESSIONS.update(
    {
        "expression_statement": _expression_statement,
        "statement_block": _block,
        "lexical_declaration": _declaration,
        "variable_declaration": _declaration,
        "if_statement": _if,
        "for_statement": _for,
        "for_in_statement": _for_in,
        "while_statement": _while,
        "do_statement": _while,
        "switch_statement": _switch,
        "try_statement": _try,
        "return_statement": _return,
        **dict.fromkeys(("throw_statement", "break_statement", "continue_statement"), _leave),
        "labeled_statement": _labeled_statement,
        "with_statement": _with,
        **dict.fromkeys(
            ("interface_declaration", "type_alias_declaration", "ambient_declaration", "function_signature"), _type_only
        ),
    }
)
