"""Expressions of JavaScript and TypeScript; types, parentheses and `await` are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iamglue.infer.code.javascript.lowering import EXPRESSIONS, MAX_DEPTH, Lowering, named, position
from iamglue.infer.code.javascript.property_names import fragment_text, property_key, string_text
from iamglue.infer.code.javascript.syntax import (
    Argument,
    ArrayLiteral,
    Assignment,
    CallExpression,
    Choice,
    Concatenation,
    Expression,
    Fallback,
    FunctionExpression,
    Getter,
    ImportCall,
    Index,
    Literal,
    Member,
    Name,
    New,
    ObjectLiteral,
    Opaque,
    Sequence,
    Super,
    This,
    Yield,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_MAX_TEXT = 100  # of a callee as messages show it


def _literal(lowering: Lowering, node: Node) -> Expression:
    return Literal(position(node), lowering.text(node))


def _nothing(_lowering: Lowering, node: Node) -> Expression:
    return Literal(position(node), None)


def _string(lowering: Lowering, node: Node) -> Expression:
    return Literal(position(node), string_text(lowering, node))


def _template(lowering: Lowering, node: Node) -> Expression:
    """A template string as its texts and expressions."""
    parts: list[Expression] = []
    for child in named(node):
        if child.type == "template_substitution":
            inner = named(child)
            parts.append(lowering.expression(inner[0] if inner else None))
        else:
            parts.append(Literal(position(child), fragment_text(lowering, child)))
    return Concatenation(position(node), tuple(parts))


def _name(lowering: Lowering, node: Node) -> Expression:
    return Name(position(node), lowering.scope, lowering.text(node))


def _this(_lowering: Lowering, node: Node) -> Expression:
    return This(position(node))


def _super(_lowering: Lowering, node: Node) -> Expression:
    return Super(position(node))


def _inner(lowering: Lowering, node: Node) -> Expression:
    """The first part of `(x)`, `x as T`, `x!`, `await x`."""
    parts = named(node)
    return lowering.expression(parts[0] if parts else None)


def _last(lowering: Lowering, node: Node) -> Expression:
    """The last part of `<T>x`."""
    return lowering.expression(named(node)[-1])


def _chain(lowering: Lowering, node: Node) -> Expression:
    """Members and calls, from the innermost: a long chain is not deep nesting."""
    links: list[Node] = []
    inner: Node | None = node
    while inner is not None and inner.type in _LINKS:
        links.append(inner)
        inner = inner.child_by_field_name(_LINKS[inner.type])
        while inner is not None and inner.type in _TRANSPARENT and named(inner):
            inner = named(inner)[0]
    is_await = inner is not None and inner.type == "identifier" and lowering.text(inner) == "await"
    value = _awaited(lowering, links.pop()) if is_await and links else lowering.expression(inner)
    for link in reversed(links):
        value = _link(lowering, link, value)
    return value


def _awaited(lowering: Lowering, node: Node) -> Expression:
    """`await (x)` and `await [x, y]`, which the grammar of JavaScript takes for a call and an index of `await`."""
    if node.type == "call_expression":
        given = arguments_of(lowering, node.child_by_field_name("arguments"))
        return Sequence(position(node), tuple(argument.value for argument in given))
    parts = [node.child_by_field_name("index")]
    while parts[0] is not None and parts[0].type == "sequence_expression":
        parts[:1] = named(parts[0])
    elements = tuple(Argument(lowering.expression(part), is_spread=False) for part in parts)
    return ArrayLiteral(position(node), elements)


def _link(lowering: Lowering, node: Node, target: Expression) -> Expression:
    """A member, index or call of what the chain gives so far; `import()` is a node of its own."""
    if node.type == "member_expression":
        name = node.child_by_field_name("property")
        at = position(name) if name is not None else position(node)
        return Member(at, target, lowering.text(name) if name is not None else "")
    if node.type == "subscript_expression":
        return Index(position(node), target, lowering.expression(node.child_by_field_name("index")))
    arguments = node.child_by_field_name("arguments")
    callee = node.child_by_field_name("function")
    at = target.at if isinstance(target, Member) else position(node)
    if callee is not None and callee.type == "import":
        values = arguments_of(lowering, arguments)
        return ImportCall(at, values[0].value) if values else Opaque(at, ())
    return CallExpression(at, target, arguments_of(lowering, arguments), _callee_text(lowering, callee))


def _callee_text(lowering: Lowering, node: Node | None) -> str:
    text = " ".join(lowering.text(node).split()) if node is not None else ""
    return text if len(text) <= _MAX_TEXT else f"...{text[-_MAX_TEXT:]}"


def _new(lowering: Lowering, node: Node) -> Expression:
    """`new` of a constructor, with the text that messages show."""
    constructor = node.child_by_field_name("constructor")
    arguments = arguments_of(lowering, node.child_by_field_name("arguments"))
    text = _callee_text(lowering, constructor)
    return New(position(node), lowering.expression(constructor), arguments, f"new {text}")


def arguments_of(lowering: Lowering, node: Node | None) -> tuple[Argument, ...]:
    """The arguments of a call, or the elements of an array."""
    if node is None:
        return ()
    if node.type == "template_string":
        return (Argument(lowering.expression(node), is_spread=False),)
    return tuple(_argument(lowering, child) for child in named(node))


def _argument(lowering: Lowering, node: Node) -> Argument:
    """An argument, or `...value`."""
    if node.type == "spread_element":
        return Argument(_inner(lowering, node), is_spread=True)
    return Argument(lowering.expression(node), is_spread=False)


def _object(lowering: Lowering, node: Node) -> Expression:
    """An object by its entries: pairs, methods, shorthands and spread values."""
    entries: list[tuple[str | Expression | None, Expression]] = []
    for child in named(node):
        if child.type == "spread_element":
            entries.append((None, _inner(lowering, child)))
        elif child.type == "pair":
            key = child.child_by_field_name("key")
            value = lowering.expression(child.child_by_field_name("value"))
            entries.append((property_key(lowering, key) if key is not None else "", value))
        elif child.type == "method_definition":
            key = child.child_by_field_name("name")
            entries.append((property_key(lowering, key) if key is not None else "", _object_method(lowering, child)))
        elif child.type == "shorthand_property_identifier":
            entries.append((lowering.text(child), _name(lowering, child)))
    return ObjectLiteral(position(node), tuple(entries))


def _object_method(lowering: Lowering, node: Node) -> Expression:
    """A method of an object, or a getter, whose function gives the member."""
    method = lowering.expression(node)
    is_getter = any(child.type == "get" for child in node.children)
    return Getter(method.at, method.info) if is_getter and isinstance(method, FunctionExpression) else method


def _array(lowering: Lowering, node: Node) -> Expression:
    return ArrayLiteral(position(node), arguments_of(lowering, node))


def _assignment(lowering: Lowering, node: Node) -> Expression:
    """An assignment, also with `+=`, `??=` and the like; of other operators only the right side is followed."""
    left, right = node.child_by_field_name("left"), lowering.expression(node.child_by_field_name("right"))
    if left is None:
        return right
    sign = node.child_by_field_name("operator")
    operator = lowering.text(sign) if sign is not None else "="
    if operator not in ("=", "||=", "??=", "&&=", "+="):
        return Opaque(position(node), (right,))
    is_appending = operator == "+="
    return Assignment(position(node), lowering.pattern(left), right, operator != "=", is_appending)


def _binary(lowering: Lowering, node: Node) -> Expression:
    """Operators with two operands; a chain of the same one is taken together: it is not deep nesting."""
    sign = _operator(lowering, node)
    operands: list[Node] = []
    left: Node | None = node
    while left is not None and left.type == "binary_expression" and _operator(lowering, left) == sign:
        operands += [right for right in [left.child_by_field_name("right")] if right is not None]
        left = left.child_by_field_name("left")
    operands += [left] if left is not None else []
    parts = tuple(lowering.expression(operand) for operand in reversed(operands))
    if sign == "+":
        return Concatenation(position(node), parts)
    if sign in ("||", "??"):
        return Fallback(position(node), parts)
    if sign == "&&":
        return Choice(position(node), parts[:-1], parts[-1:])
    return Opaque(position(node), parts)


def _operator(lowering: Lowering, node: Node) -> str:
    sign = node.child_by_field_name("operator")
    return lowering.text(sign) if sign is not None else ""


def _ternary(lowering: Lowering, node: Node) -> Expression:
    """`a ? b : c ? d : e`, however long, as one choice."""
    conditions: list[Expression] = []
    options: list[Expression] = []
    inner: Node | None = node
    while inner is not None and inner.type == "ternary_expression" and len(options) < MAX_DEPTH * 10:
        conditions.append(lowering.expression(inner.child_by_field_name("condition")))
        options.append(lowering.expression(inner.child_by_field_name("consequence")))
        inner = inner.child_by_field_name("alternative")
    options.append(lowering.expression(inner))
    return Choice(position(node), tuple(conditions), tuple(options))


def _sequence(lowering: Lowering, node: Node) -> Expression:
    return Sequence(position(node), tuple(lowering.expression(child) for child in named(node)))


def _yield(lowering: Lowering, node: Node) -> Expression:
    """`yield value` or `yield* values`."""
    parts = named(node)
    is_delegate = any(child.type == "*" for child in node.children)
    return Yield(position(node), lowering.expression(parts[0]) if parts else None, is_delegate)


_TRANSPARENT = ("parenthesized_expression", "non_null_expression", "await_expression", "as_expression")
_LINKS = {"member_expression": "object", "subscript_expression": "object", "call_expression": "function"}

EXPRESSIONS.update(
    {
        **dict.fromkeys(("number", "true", "false"), _literal),
        **dict.fromkeys(("null", "undefined", "empty_statement", "comment", "type_arguments"), _nothing),
        **dict.fromkeys(_LINKS, _chain),
        **dict.fromkeys((*_TRANSPARENT, "satisfies_expression", "instantiation_expression", "spread_element"), _inner),
        "string": _string,
        "template_string": _template,
        "identifier": _name,
        "this": _this,
        "super": _super,
        "type_assertion": _last,
        "new_expression": _new,
        "object": _object,
        "array": _array,
        "assignment_expression": _assignment,
        "augmented_assignment_expression": _assignment,
        "binary_expression": _binary,
        "ternary_expression": _ternary,
        "sequence_expression": _sequence,
        "yield_expression": _yield,
    }
)
