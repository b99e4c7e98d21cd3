"""Imports and exports, enumerations and namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iamglue.infer.code.javascript.lowering import (
    EXPRESSIONS,
    Lowering,
    declare_names,
    named,
    pattern_names,
    position,
)
from iamglue.infer.code.javascript.property_names import property_key, string_text
from iamglue.infer.code.javascript.syntax import (
    Assignment,
    Export,
    Expression,
    Import,
    LexicalScope,
    Literal,
    Member,
    Name,
    ObjectLiteral,
    ReExport,
    Sequence,
    VariablePattern,
)

if TYPE_CHECKING:
    from tree_sitter import Node


def _import(lowering: Lowering, node: Node) -> Expression:
    """All forms of `import`; types are imported like values, as they say what a variable is."""
    parts: list[Expression] = []
    source = node.child_by_field_name("source")
    for clause in named(node):
        if clause.type == "import_require_clause":
            source = clause.child_by_field_name("source")
            parts.append(_import_name(lowering, named(clause)[0], source, "="))
        for part in named(clause) if clause.type == "import_clause" else ():
            if part.type == "identifier":
                parts.append(_import_name(lowering, part, source, "default"))
            elif part.type == "namespace_import":
                parts.append(_import_name(lowering, named(part)[0], source, "*"))
            else:
                parts += [_specifier(lowering, one, source) for one in named(part) if one.type == "import_specifier"]
    if not parts:
        parts.append(
            Import(position(node), VariablePattern(position(node), lowering.scope, ""), _text(lowering, source), "*")
        )
    return Sequence(position(node), tuple(parts))


def _specifier(lowering: Lowering, node: Node, source: Node | None) -> Expression:
    """An import of one name, `name as alias`."""
    name = node.child_by_field_name("name") or node
    alias = node.child_by_field_name("alias") or name
    return _import_name(lowering, alias, source, _export_name(lowering, name))


def _import_name(lowering: Lowering, local: Node, source: Node | None, name: str) -> Expression:
    """An import that binds a local name, which is declared in the present scope."""
    text = lowering.text(local)
    lowering.scope.declare(text)
    pattern = VariablePattern(position(local), lowering.scope, text)
    return Import(position(local), pattern, _text(lowering, source), name)


def _text(lowering: Lowering, node: Node | None) -> str:
    return string_text(lowering, node) if node is not None else ""


def _export_name(lowering: Lowering, node: Node) -> str:
    return string_text(lowering, node) if node.type == "string" else lowering.text(node)


def _export(lowering: Lowering, node: Node) -> Expression:
    """All forms of `export`; what names values is done after the module's other code."""
    at = position(node)
    source, declared = node.child_by_field_name("source"), node.child_by_field_name("declaration")
    value = node.child_by_field_name("value")
    kinds = {child.type for child in node.children}
    if source is not None:
        return Sequence(at, tuple(_re_exports(lowering, node, _text(lowering, source))))
    if declared is not None:
        declaration = lowering.expression(declared)
        names = declared_names(lowering, declared)
        for text in names:
            exported = "default" if "default" in kinds else text
            lowering.late.append(Export(at, exported, Name(at, lowering.scope, text)))
        return declaration if names or "default" not in kinds else Export(at, "default", declaration)
    if value is not None:
        return Export(at, "default", lowering.expression(value))
    if "=" in kinds:
        return Export(at, "=", lowering.expression(named(node)[-1]))
    for clause in named(node):
        for part in named(clause) if clause.type == "export_clause" else ():
            name = part.child_by_field_name("name") or part
            alias = part.child_by_field_name("alias") or name
            local = Name(at, lowering.scope, lowering.text(name))
            lowering.late.append(Export(at, _export_name(lowering, alias), local))
    return Sequence(at, ())


def _re_exports(lowering: Lowering, node: Node, source: str) -> list[ReExport]:
    """`export ... from source`: one for each name, or one for all."""
    at = position(node)
    exports: list[ReExport] = []
    for clause in named(node):
        if clause.type == "namespace_export":
            exports.append(ReExport(at, source, "*", _export_name(lowering, named(clause)[0])))
        for part in named(clause) if clause.type == "export_clause" else ():
            name = part.child_by_field_name("name") or part
            alias = part.child_by_field_name("alias") or name
            exports.append(ReExport(at, source, _export_name(lowering, name), _export_name(lowering, alias)))
    return exports or [ReExport(at, source, "*", "*")]


def declared_names(lowering: Lowering, node: Node) -> list[str]:
    """The names that a declaration declares."""
    if node.type in ("lexical_declaration", "variable_declaration"):
        names = [declarator.child_by_field_name("name") for declarator in named(node)]
        return [lowering.text(part) for name in names if name is not None for part in pattern_names(name)]
    name = node.child_by_field_name("name")
    return [lowering.text(name)] if name is not None else []


def _enumeration(lowering: Lowering, node: Node) -> Expression:
    """An enumeration as an object; members without a value are numbers."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    entries: list[tuple[str | Expression | None, Expression]] = []
    for number, member in enumerate(named(body) if body is not None else []):
        key = member.child_by_field_name("name") or member
        value = member.child_by_field_name("value")
        written = lowering.expression(value) if value is not None else Literal(position(member), str(number))
        entries.append((property_key(lowering, key), written))
    return _named_object(lowering, node, name, entries)


def _named_object(
    lowering: Lowering, node: Node, name: Node | None, entries: list[tuple[str | Expression | None, Expression]]
) -> Expression:
    """An object that is assigned to a name, as enumerations and namespaces are."""
    value = ObjectLiteral(position(node), tuple(entries))
    if name is None:
        return value
    text = lowering.text(name)
    lowering.scope.declare(text)
    return Assignment(position(node), VariablePattern(position(name), lowering.scope, text), value)


def _namespace(lowering: Lowering, node: Node) -> Expression:
    """`namespace N {...}` as an object of what it exports."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    outer = lowering.scope
    lowering.scope = inner = LexicalScope(lowering.owner, outer)
    parts: list[Expression] = []
    entries: list[tuple[str | Expression | None, Expression]] = []
    try:
        for child in named(body) if body is not None else []:
            declared = child.child_by_field_name("declaration") if child.type == "export_statement" else None
            declare_names(lowering, child)
            parts.append(lowering.expression(declared if declared is not None else child))
            names = declared_names(lowering, declared) if declared is not None else []
            entries += [(text, Name(position(child), inner, text)) for text in names]
    finally:
        lowering.scope = outer
    return Sequence(position(node), (*parts, _named_object(lowering, node, name, entries)))


def _alias(lowering: Lowering, node: Node) -> Expression:
    """TypeScript's `import S3 = AWS.S3`."""
    parts = named(node)
    if len(parts) < 2:
        return Sequence(position(node), ())
    text = lowering.text(parts[0])
    lowering.scope.declare(text)
    first, *others = lowering.text(parts[1]).split(".")
    value: Expression = Name(position(node), lowering.scope, first)
    for other in others:
        value = Member(position(node), value, other)
    return Assignment(position(node), VariablePattern(position(node), lowering.scope, text), value)


EXPRESSIONS.update(
    {
        "import_statement": _import,
        "export_statement": _export,
        "enum_declaration": _enumeration,
        "internal_module": _namespace,
        "module": _namespace,
        "import_alias": _alias,
    }
)
