"""Renders the `%{if}` and `%{for}` directives of Terraform templates.

https://developer.hashicorp.com/terraform/language/expressions/strings#directives
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from iamglue.readers.terraform.evaluator import Evaluator
from iamglue.readers.terraform.loops import entries
from iamglue.readers.terraform.string_templates import TemplatePiece, TemplatePieceKind, template_pieces
from iamglue.readers.terraform.values import UNKNOWN_ITEMS, truth

_FOR = re.compile(r"for\s+([A-Za-z_][\w-]*)(?:\s*,\s*([A-Za-z_][\w-]*))?\s+in\s+(.+)", re.DOTALL)
_MAX_STEPS = 20_000
_ENDS = ("else", "endif", "endfor")


@dataclass
class _Rendering:
    """The text so far; `is_resolved`: no part of it is a parameter."""

    text: str = ""
    is_resolved: bool = True
    steps: int = 0


class UnknownDirectiveError(Exception):
    """A condition or collection is not known, or the directives are not closed."""


def has_directives(text: str) -> bool:
    """Whether a template has directives."""
    return "%{" in text and any(piece.kind is TemplatePieceKind.DIRECTIVE for piece in template_pieces(text))


def render_directives(reader: Evaluator, pieces: list[TemplatePiece]) -> tuple[str, bool] | None:
    """The text, and whether it has parameters for unknown values; None if a directive cannot be decided."""
    rendering = _Rendering()
    try:
        end = _render(reader, pieces, 0, rendering, is_active=True)
    except UnknownDirectiveError:
        return None
    return (rendering.text, not rendering.is_resolved) if end == len(pieces) else None


def _render(reader: Evaluator, pieces: list[TemplatePiece], at: int, result: _Rendering, *, is_active: bool) -> int:
    """Render pieces up to the end of their directive; returns the index of the piece that ends it."""
    while at < len(pieces):
        piece = pieces[at]
        result.steps += 1
        if result.steps > _MAX_STEPS:
            raise UnknownDirectiveError
        if piece.kind is TemplatePieceKind.DIRECTIVE:
            if piece.text in _ENDS:
                return at
            at = _render_directive(reader, pieces, at, result, is_active=is_active)
        elif is_active and piece.kind is TemplatePieceKind.LITERAL:
            result.text += piece.text
        elif is_active:
            value = reader.interpolate(piece.text)
            result.text += value.text
            result.is_resolved = result.is_resolved and value.is_known
        if not reader.scope.budget.fits(len(result.text)):
            raise UnknownDirectiveError
        at += 1
    return at


def _render_directive(
    reader: Evaluator, pieces: list[TemplatePiece], at: int, result: _Rendering, *, is_active: bool
) -> int:
    """Render one directive; returns the index of its end."""
    text = pieces[at].text
    if text.startswith("if "):
        condition = truth(reader.evaluate_text(text.removeprefix("if ").strip())) if is_active else False
        if condition is None:
            raise UnknownDirectiveError
        end = _render(reader, pieces, at + 1, result, is_active=is_active and condition)
        if end < len(pieces) and pieces[end].text == "else":
            end = _render(reader, pieces, end + 1, result, is_active=is_active and not condition)
        return _checked_end(pieces, end, "endif")
    match = _FOR.fullmatch(text)
    if match is None:
        raise UnknownDirectiveError
    items = entries(reader.items_of(reader.evaluate_text(match[3].strip()))) if is_active else []
    if (
        items is None
        or not reader.scope.state.allows_iterations(len(items))
        or any(value.tag == UNKNOWN_ITEMS for _, value in items)
    ):
        raise UnknownDirectiveError
    end = _render(reader, pieces, at + 1, _Rendering(steps=result.steps), is_active=False)
    for key, value in items:
        bindings = {match[1]: value} if match[2] is None else {match[1]: key, match[2]: value}
        _render(reader.bind(bindings, f"[{key.text}]"), pieces, at + 1, result, is_active=True)
    return _checked_end(pieces, end, "endfor")


def _checked_end(pieces: list[TemplatePiece], at: int, name: str) -> int:
    """The index of the piece that ends a directive. Raises UnknownDirectiveError if another one is there."""
    if at >= len(pieces) or pieces[at].text != name:
        raise UnknownDirectiveError
    return at
