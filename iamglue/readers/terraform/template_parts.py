"""The parts of a template as Terraform evaluates them: without what `~` strips and without the indentation of `<<-`.

Only the text that is next to a `~` is stripped: in a heredoc or a file up to the end of a line, in a quoted string up
to a `$` or `%`. https://github.com/hashicorp/hcl/blob/main/hclsyntax/parser_template.go
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from iamglue.readers.terraform.string_templates import (
    TemplatePiece,
    TemplatePieceKind,
    template_pieces,
    unescape_literal,
)

_QUOTED_START, _LINE_START = re.compile(r"[^$%]*"), re.compile(r"[^\n]*\n?")


def template_parts(text: str, *, quoted: bool, indented: bool = False) -> list[TemplatePiece]:
    """The parts of a template, whose literal texts have their values; `indented`: of a heredoc with `<<-`."""
    parts = list(_stripped_pieces(text, quoted=quoted))
    return list(_without_indentation(parts)) if indented else parts


def has_strip_marks(text: str) -> bool:
    """Whether some `~` strips text of a template."""
    if "~" not in text:
        return False
    pieces = [piece for piece in template_pieces(text) if piece.kind is not TemplatePieceKind.LITERAL]
    return any(_strips_before(text, piece) or _strips_after(text, piece) for piece in pieces)


def _strips_before(text: str, piece: TemplatePiece) -> bool:
    return piece.kind is not TemplatePieceKind.LITERAL and text.startswith("~", piece.start + 2)


def _strips_after(text: str, piece: TemplatePiece) -> bool:
    return piece.kind is not TemplatePieceKind.LITERAL and text.endswith("~}", piece.start, piece.end)


def _stripped_pieces(text: str, *, quoted: bool) -> Iterator[TemplatePiece]:
    """The pieces without the blanks that `~` strips, and without escapes if they are of a quoted string."""
    pieces = list(template_pieces(text))
    for number, piece in enumerate(pieces):
        is_escape = piece.kind is TemplatePieceKind.LITERAL and len(piece.text) != piece.end - piece.start
        if piece.kind is not TemplatePieceKind.LITERAL or is_escape:
            yield piece
            continue
        literal = piece.text
        before, after = pieces[number - 1] if number else None, pieces[number + 1] if number + 1 < len(pieces) else None
        first, rest = "", literal
        if before is not None and _strips_after(text, before):
            length = len(_prefix(literal, quoted=quoted))
            first, rest = _value(literal[:length], quoted=quoted).lstrip(), literal[length:]
        last = ""
        if after is not None and _strips_before(text, after):
            if not rest:
                first = first.rstrip()
            length = len(_suffix(rest, quoted=quoted))
            rest, last = rest[: len(rest) - length], _value(rest[len(rest) - length :], quoted=quoted).rstrip()
        yield replace(piece, text=first + _value(rest, quoted=quoted) + last)


def _prefix(text: str, *, quoted: bool) -> str:
    """The beginning of a literal text that a `~` before it can strip."""
    match = (_QUOTED_START if quoted else _LINE_START).match(text)
    return match[0] if match is not None else ""


def _suffix(text: str, *, quoted: bool) -> str:
    """The end of a literal text that a `~` behind it can strip."""
    start = max(text.rfind("$"), text.rfind("%")) if quoted else text.rfind("\n", 0, max(len(text) - 1, 0))
    return text[start + 1 :]


def _value(text: str, *, quoted: bool) -> str:
    return unescape_literal(text) if quoted else text


def _without_indentation(parts: list[TemplatePiece]) -> Iterator[TemplatePiece]:
    """The parts without the blanks that all lines begin with; lines of blanks alone do not count."""
    lines = list(_lines(parts))
    widths = [_indentation(part) for part, is_start in lines if is_start and not _is_blank_line(part)]
    width = min(widths, default=0)
    for part, is_start in lines:
        yield replace(part, text=part.text[width:]) if is_start and not _is_blank_line(part) and width else part


def _lines(parts: Iterable[TemplatePiece]) -> Iterator[tuple[TemplatePiece, bool]]:
    """The parts with one for each line of literal text; whether they are the first of their line."""
    is_start = True
    for part in parts:
        if part.kind is not TemplatePieceKind.LITERAL:
            yield part, is_start
            is_start = False
            continue
        for line in part.text.splitlines(keepends=True) if part.text else [""]:
            yield replace(part, text=line), is_start
            is_start = line.endswith("\n")


def _is_blank_line(part: TemplatePiece) -> bool:
    """Whether a part is a line of blanks, which does not count for the indentation of a heredoc."""
    return part.kind is TemplatePieceKind.LITERAL and part.text.endswith("\n") and not part.text.strip()


def _indentation(part: TemplatePiece) -> int:
    """The number of blanks that a part begins with; an expression has none."""
    is_literal = part.kind is TemplatePieceKind.LITERAL
    return len(part.text) - len(part.text.lstrip()) if is_literal else 0
