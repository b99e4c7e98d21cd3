"""The pieces of a Terraform template: literal text, `${...}` and `%{...}`; and how expressions become holes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

_OPENING = re.compile(r"\$\$\{|%%\{|\$\{|%\{")
_MARK = re.compile(r'\\.|\$\$\{|%%\{|\$\{|%\{|[{}"]', re.DOTALL)
_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([nrt"\\]))')
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_TRAVERSAL = re.compile(r"[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\.[0-9]+|\[(?:[0-9]+|\"[^\"\\$]*\"|[\w.-]+)\])*")
_LONGEST_NAME = 60
# What every deployment knows, by the names that IAM policies use for it elsewhere in this tool.
_PSEUDO = (
    (re.compile(r"data\.aws_caller_identity\.[\w-]+(?:\[0\])?\.account_id"), "AWS::AccountId"),
    (re.compile(r"data\.aws_partition\.[\w-]+(?:\[0\])?\.(?:partition|id)"), "AWS::Partition"),
    (re.compile(r"data\.aws_region\.[\w-]+(?:\[0\])?\.(?:name|id|region)"), "AWS::Region"),
)


class TemplatePieceKind(Enum):
    """What a piece of a template is."""

    LITERAL = "literal"
    EXPRESSION = "expression"  # ${...}
    DIRECTIVE = "directive"  # %{...}


@dataclass(frozen=True, slots=True)
class TemplatePiece:
    """What stands from `start` to `end`: literal text (an escape as what it stands for), or an expression's source."""

    kind: TemplatePieceKind
    start: int
    end: int
    text: str


def template_pieces(text: str, start: int = 0, end: int | None = None) -> Iterator[TemplatePiece]:
    """The pieces of the template that stands from `start` to `end`, in order; an unclosed one reaches to the end."""
    at, end = start, len(text) if end is None else end
    while at < end:
        opening = _OPENING.search(text, at, end)
        stop = opening.start() if opening else end
        if stop > at:
            yield TemplatePiece(TemplatePieceKind.LITERAL, at, stop, text[at:stop])
        if opening is None:
            return
        at = opening.end()
        if len(opening[0]) == 3:
            yield TemplatePiece(TemplatePieceKind.LITERAL, stop, at, opening[0][1:])
            continue
        inner, at = at, _closing(text, at, end)
        kind = TemplatePieceKind.EXPRESSION if opening[0] == "${" else TemplatePieceKind.DIRECTIVE
        yield TemplatePiece(kind, stop, at, text[inner : max(inner, at - 1)].strip().strip("~").strip())


def _closing(text: str, at: int, end: int) -> int:
    """The place behind the brace that closes what was opened before `at`."""
    inside = ["{"]
    for found in _MARK.finditer(text, at, end):
        mark, quoted = found[0], inside[-1] == '"'
        if mark == '"':
            if quoted:
                inside.pop()
            else:
                inside.append('"')
        elif mark in ("${", "%{") or (mark == "{" and not quoted):
            inside.append("{")
        elif mark == "}" and not quoted:
            inside.pop()
        if not inside:
            return found.end()
    return end


def unescape_literal(text: str) -> str:
    """The text of a quoted literal, its escapes resolved."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    short = found[3]
    if short:
        return _ESCAPED.get(short, short)
    number = int(found[1] or found[2], 16)
    return "\ufffd" if number > 0x10FFFF or 0xD800 <= number < 0xE000 else chr(number)


def is_traversal(expression: str) -> bool:
    """Whether an expression only names something: `var.name`, `aws_s3_bucket.b[0].arn`."""
    return _TRAVERSAL.fullmatch(expression) is not None


def unresolved_parameter(expression: str) -> str:
    """What stands in a text for an expression that is not known before deployment: `${awss3bucketbarn}`."""
    for pattern, name in _PSEUDO:
        if pattern.fullmatch(expression):
            return f"${{{name}}}"
    name = re.sub(r"[^A-Za-z0-9]", "", expression)[:_LONGEST_NAME].lstrip("0123456789")
    return f"${{{name or 'unknown'}}}"


def expression_text(expression: str) -> str:
    """An expression in a line of a message; a name as a whole."""
    line = " ".join(expression.split())
    return line if len(line) <= _LONGEST_NAME or is_traversal(line) else line[: _LONGEST_NAME - 3] + "..."
