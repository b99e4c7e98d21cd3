"""Functions and classes: their bodies are read when they are first evaluated, so that nesting costs no depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iamglue.infer.code.javascript.lowering import (
    EXPRESSIONS,
    Lowering,
    SourceFile,
    named,
    pattern_names,
    position,
)
from iamglue.infer.code.javascript.property_names import property_key
from iamglue.infer.code.javascript.syntax import (
    Assignment,
    ClassExpression,
    ClassInfo,
    DefaultPattern,
    Expression,
    FunctionExpression,
    FunctionInfo,
    LexicalScope,
    Member,
    MethodInfo,
    Pattern,
    Return,
    Sequence,
    TargetPattern,
    This,
    VariablePattern,
)

if TYPE_CHECKING:
    from tree_sitter import Node


def read_module(path: str, source: bytes, root: Node) -> tuple[FunctionInfo, SourceFile]:
    """The code of a file as a function, and the file."""
    file = SourceFile(path, source)
    info = FunctionInfo(position(root), path, "")
    scope = LexicalScope(info, None)

    def lower() -> None:
        """Read the file: exports of names come after its other code."""
        lowering = Lowering(file, info, scope)
        statements = lowering.statements(named(root), position(root))
        info.body = Sequence(position(root), (statements, *lowering.late))

    info.lower = lower
    info.outer = scope
    return info, file


def function_info(lowering: Lowering, node: Node) -> FunctionInfo:
    """A function, whose parameters and body are read later."""
    name = node.child_by_field_name("name")
    info = FunctionInfo(
        position(node),
        lowering.file.path,
        lowering.text(name) if name is not None else "",
        is_arrow=node.type == "arrow_function",
        is_generator=any(child.type == "*" for child in node.children[:3]) or "generator" in node.type,
    )
    file, scope = lowering.file, LexicalScope(info, lowering.scope)

    def lower() -> None:
        """Read the function's parameters and body."""
        inner = Lowering(file, info, scope)
        _read_parameters(inner, node)
        body = node.child_by_field_name("body")
        if body is None:
            info.body = Sequence(info.at, ())
        elif body.type == "statement_block":
            info.body = inner.statements(named(body), position(body))
        else:
            info.body = Return(position(body), inner.expression(body))

    info.lower = lower
    info.text = lambda: file.text(node)
    return info


def _read_parameters(lowering: Lowering, node: Node) -> None:
    """Read the parameters of a function as patterns."""
    info = lowering.owner
    single = node.child_by_field_name("parameter")
    formal = node.child_by_field_name("parameters")
    nodes = [single] if single is not None else named(formal) if formal is not None else []
    patterns: list[Pattern] = []
    properties: list[str] = []
    for parameter in nodes:
        written = parameter.child_by_field_name("pattern") or parameter
        if written.type == "this":
            continue  # TypeScript's declaration of the type of `this`
        for name in pattern_names(written):
            lowering.scope.declare(lowering.text(name))
        if written.type == "rest_pattern":
            info.rest = lowering.pattern(named(written)[0])
            continue
        pattern = _with_type(lowering, lowering.pattern(written), parameter)
        default = parameter.child_by_field_name("value") if parameter.type != written.type else None
        patterns.append(DefaultPattern(pattern.at, pattern, lowering.expression(default)) if default else pattern)
        if any(child.type in ("accessibility_modifier", "readonly") for child in parameter.children):
            properties.append(lowering.text(written))
    info.parameters = tuple(patterns)
    info.properties = tuple(properties)


def _with_type(lowering: Lowering, pattern: Pattern, node: Node) -> Pattern:
    """The pattern with the type that is declared for it, if it is a variable."""
    if isinstance(pattern, VariablePattern):
        pattern.type_name = declared_type(lowering, node)
    return pattern


def declared_type(lowering: Lowering, node: Node) -> str:
    """The name of the declared type of a parameter, variable or field (`S3Client`, `AWS.S3`); "" if it has none."""
    annotation = node.child_by_field_name("type")
    if annotation is None or not named(annotation):
        return ""
    declared = named(annotation)[0]
    if declared.type == "union_type":  # S3Client | undefined
        declared = next((part for part in named(declared) if "identifier" in part.type), declared)
    return lowering.text(declared) if declared.type in ("type_identifier", "nested_type_identifier") else ""


def _function(lowering: Lowering, node: Node) -> Expression:
    return FunctionExpression(position(node), function_info(lowering, node))


def _function_declaration(lowering: Lowering, node: Node) -> Expression:
    info = function_info(lowering, node)
    return _declare(lowering, node, FunctionExpression(position(node), info))


def _declare(lowering: Lowering, node: Node, value: Expression) -> Expression:
    """A declaration as an assignment to its name, which is declared in the present scope."""
    name = node.child_by_field_name("name")
    if name is None:
        return value
    lowering.scope.declare(lowering.text(name))
    return Assignment(position(node), VariablePattern(position(name), lowering.scope, lowering.text(name)), value)


def _class(lowering: Lowering, node: Node) -> Expression:
    return ClassExpression(position(node), _class_info(lowering, node))


def _class_declaration(lowering: Lowering, node: Node) -> Expression:
    return _declare(lowering, node, ClassExpression(position(node), _class_info(lowering, node)))


def _class_info(lowering: Lowering, node: Node) -> ClassInfo:
    """A class as the evaluation needs it: methods, fields, static blocks, and what it extends."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    members = named(body) if body is not None else []
    methods = _methods(lowering, members)
    fields = [member for member in members if member.type in ("public_field_definition", "field_definition")]
    blocks = [member for member in members if member.type == "class_static_block"]
    own = [field for field in fields if not _is_static(field)]
    statics = [field for field in fields if _is_static(field)]
    return ClassInfo(
        position(node),
        lowering.text(name) if name is not None else "",
        _parent(lowering, node),
        tuple(methods),
        _initializer(lowering, node, own, []),
        _initializer(lowering, node, statics, blocks),
        {_field_name(lowering, field): declared for field in fields if (declared := declared_type(lowering, field))},
        tuple(
            lowering.expression(named(decorator)[0])
            for owner in (node, *_export(node), *fields)
            for decorator in _decorators(owner)
        ),
    )


def _export(node: Node) -> tuple[Node, ...]:
    """The `export` of a class, before which its decorators may stand."""
    parent = node.parent
    return (parent,) if parent is not None and parent.type == "export_statement" else ()


def _decorators(node: Node) -> list[Node]:
    return [child for child in node.children if child.type == "decorator"]


def _parent(lowering: Lowering, node: Node) -> Expression | None:
    """What a class extends; None without `extends`. The grammars of the two languages differ."""
    for child in node.children:
        if child.type == "class_heritage":
            clauses = [clause for clause in named(child) if clause.type == "extends_clause"]
            if clauses:
                return lowering.expression(clauses[0].child_by_field_name("value"))
            others = [part for part in named(child) if part.type != "implements_clause"]
            return lowering.expression(others[0]) if others else None
    return None


def _methods(lowering: Lowering, members: list[Node]) -> list[MethodInfo]:
    """The methods of a class; the decorators of one stand before it."""
    methods: list[MethodInfo] = []
    decorators: list[Expression] = []
    for member in members:
        if member.type == "decorator":
            decorators.append(lowering.expression(named(member)[0]))
            continue
        method = _method(lowering, member)
        if method is not None:
            method.decorators = tuple(decorators)
            methods.append(method)
        decorators = []
    return methods


def _method(lowering: Lowering, node: Node) -> MethodInfo | None:
    """A method with its kind; None for other members of a class. A name that is not known is `*`."""
    name = node.child_by_field_name("name")
    if node.type != "method_definition" or name is None:
        return None
    key = property_key(lowering, name)
    kinds = [child.type for child in node.children if child.type in ("get", "set")]
    text = key if isinstance(key, str) else "*"
    return MethodInfo(text, function_info(lowering, node), _is_static(node), kinds[0] if kinds else "method")


def _initializer(lowering: Lowering, node: Node, fields: list[Node], blocks: list[Node]) -> FunctionInfo:
    """A function that assigns the fields of a class to `this`."""
    info = FunctionInfo(position(node), lowering.file.path, "", outer=lowering.scope)
    file, scope = lowering.file, LexicalScope(info, lowering.scope)

    def lower() -> None:
        """Read the fields as assignments to `this`, and the static blocks."""
        inner = Lowering(file, info, scope)
        parts: list[Expression] = []
        for field in fields:
            value = field.child_by_field_name("value")
            if value is not None:
                target = Member(position(field), This(position(field)), _field_name(lowering, field))
                parts.append(
                    Assignment(position(field), TargetPattern(position(field), target), inner.expression(value))
                )
        for block in blocks:
            body = block.child_by_field_name("body")
            parts += [inner.block(named(body), position(body))] if body is not None else []
        info.body = Sequence(position(node), tuple(parts))

    info.lower = lower
    return info


def _field_name(lowering: Lowering, node: Node) -> str:
    """The name of a field; `*` for one in brackets that is not known."""
    name = node.child_by_field_name("name") or node.child_by_field_name("property")
    if name is None:
        return ""
    key = property_key(lowering, name)
    return key if isinstance(key, str) else "*"


def _is_static(node: Node) -> bool:
    return any(child.type == "static" for child in node.children)


EXPRESSIONS.update(
    {
        **dict.fromkeys(
            ("function_expression", "function", "arrow_function", "generator_function", "method_definition"), _function
        ),
        **dict.fromkeys(("function_declaration", "generator_function_declaration"), _function_declaration),
        "class": _class,
        **dict.fromkeys(("class_declaration", "abstract_class_declaration"), _class_declaration),
    }
)
