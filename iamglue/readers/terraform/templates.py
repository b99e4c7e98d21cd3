"""Evaluates the templates of Terraform: quoted strings, heredocs, template files, with `%{if}` and `%{for}`.

https://developer.hashicorp.com/terraform/language/expressions/strings#string-templates
"""

from __future__ import annotations

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.terraform.evaluator import Evaluator
from iamglue.readers.terraform.string_templates import (
    TemplatePiece,
    TemplatePieceKind,
    unescape_literal,
    unresolved_parameter,
)
from iamglue.readers.terraform.template_directives import render_directives
from iamglue.readers.terraform.template_parts import template_parts
from iamglue.readers.terraform.values import ValueFactory


def evaluate_template(
    reader: Evaluator, span: tuple[int, int], text: str, *, quoted: bool, indented: bool = False
) -> Node:
    """The value of a template at `span`: a text, the value of its only expression, or UNKNOWN.

    `indented`: of a heredoc that begins with `<<-`, the indentation is not a part of the text.
    """
    if "${" not in text and "%{" not in text and not indented:
        return Node(NodeKind.SCALAR, reader.source, *span, unescape_literal(text) if quoted else text)
    pieces = template_parts(text, quoted=quoted, indented=indented)
    if any(piece.kind is TemplatePieceKind.DIRECTIVE for piece in pieces):
        return _with_directives(reader, span, pieces)
    expressions = [piece for piece in pieces if piece.kind is TemplatePieceKind.EXPRESSION]
    if (
        len(expressions) == 1
        and not quoted
        and not "".join(piece.text for piece in pieces if piece is not expressions[0]).strip()
    ):
        return reader.evaluate_text(expressions[0].text, span)
    return _join_pieces(reader, span, pieces, quoted=quoted)


def _with_directives(reader: Evaluator, span: tuple[int, int], pieces: list[TemplatePiece]) -> Node:
    """The text that a template with directives has; UNKNOWN if a condition or collection is not known."""
    rendering = render_directives(reader, pieces)
    factory = ValueFactory(reader.source, span)
    if rendering is None:
        return factory.unknown("a template with directives")
    return factory.text(rendering[0], unresolved=rendering[1])


def _join_pieces(reader: Evaluator, span: tuple[int, int], pieces: list[TemplatePiece], *, quoted: bool) -> Node:
    """The text of literal pieces and expressions; fixes can edit it if no expression is known."""
    result: list[str] = []
    length, unresolved, has_values = 0, False, False
    for piece in pieces:
        if piece.kind is TemplatePieceKind.LITERAL:
            result.append(piece.text)
            continue
        value = reader.interpolate(piece.text, span)
        length += len(value.text)
        if not reader.scope.budget.fits(length):
            result.append(unresolved_parameter(piece.text))
            unresolved = True
            continue
        result.append(value.text)
        is_value = value.is_known or value.text != unresolved_parameter(piece.text)
        unresolved, has_values = unresolved or not value.is_known, has_values or is_value
    if has_values and quoted:
        return ValueFactory(reader.source, span).text("".join(result), unresolved=unresolved)
    return Node(NodeKind.SCALAR, reader.source, *span, "".join(result), unresolved=unresolved)
