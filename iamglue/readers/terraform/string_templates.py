"""Splits Terraform templates into literal text, `${...}` and `%{...}`, and names the parameters for expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from iamglue.policy.patterns.variables import parameter_of

_TEMPLATE_START = re.compile(r"\$\$\{|%%\{|\$\{|%\{")
# In an expression, comments and heredocs are skipped; in a string in it, escapes.
_MARK = re.compile(r'\#[^\n]*|//[^\n]*|/\*(?s:.*?)(?:\*/|\Z)|<<-?([A-Za-z_][\w-]*)\r?\n|[{}"]')
_QUOTED_MARK = re.compile(r'\\.|\$\$\{|%%\{|\$\{|%\{|"', re.DOTALL)
_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([nrt"\\]))')
_ESCAPED_CHARACTERS = {"n": "\n", "r": "\r", "t": "\t"}
_TRAVERSAL = re.compile(r"[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\.[0-9]+|\[(?:[0-9]+|\"[^\"\\$]*\"|[\w.-]+)\])*")
_FIRST_NAME = re.compile(r"[A-Za-z_][\w-]*")
_LITERALS = frozenset({"true", "false", "null"})
_MAX_NAME_LENGTH = 60
_MAX_EXPRESSION_LENGTH = 1_000
# Data sources for account, partition and Region -> the CloudFormation pseudo parameter with the same value.
_PSEUDO_PARAMETERS = (
    (re.compile(r"data\.aws_caller_identity\.[\w-]+(?:\[0\])?\.account_id"), "AWS::AccountId"),
    (re.compile(r"data\.aws_partition\.[\w-]+(?:\[0\])?\.(?:partition|id)"), "AWS::Partition"),
    (re.compile(r"data\.aws_partition\.[\w-]+(?:\[0\])?\.dns_suffix"), "AWS::URLSuffix"),
    (re.compile(r"data\.aws_region\.[\w-]+(?:\[0\])?\.(?:name|id|region)"), "AWS::Region"),
)


class TemplatePieceKind(Enum):
    """The kind of a template piece."""

    LITERAL = "literal"
    EXPRESSION = "expression"  # ${...}
    DIRECTIVE = "directive"  # %{...}


@dataclass(frozen=True, slots=True)
class TemplatePiece:
    """The piece from `start` to `end`: literal text (with escapes resolved), or the source of an expression."""

    kind: TemplatePieceKind
    start: int
    end: int
    text: str


def template_pieces(text: str, start: int = 0, end: int | None = None) -> Iterator[TemplatePiece]:
    """The pieces of the template from `start` to `end`, in order; an unclosed expression extends to the end."""
    position, end = start, len(text) if end is None else end
    while position < end:
        opening = _TEMPLATE_START.search(text, position, end)
        literal_end = opening.start() if opening else end
        if literal_end > position:
            yield TemplatePiece(TemplatePieceKind.LITERAL, position, literal_end, text[position:literal_end])
        if opening is None:
            return
        position = opening.end()
        if len(opening[0]) == 3:
            yield TemplatePiece(TemplatePieceKind.LITERAL, literal_end, position, opening[0][1:])
            continue
        inner, position = position, _closing_position(text, position, end)
        kind = TemplatePieceKind.EXPRESSION if opening[0] == "${" else TemplatePieceKind.DIRECTIVE
        yield TemplatePiece(
            kind, literal_end, position, text[inner : max(inner, position - 1)].strip().strip("~").strip()
        )


def _closing_position(text: str, at: int, end: int) -> int:
    """The position after the brace that closes the expression that begins before `at`."""
    open_marks = ["{"]
    while (match := (_QUOTED_MARK if open_marks[-1] == '"' else _MARK).search(text, at, end)) is not None:
        mark, at = match[0], match.end()
        if mark.startswith("<<"):
            closing = re.compile(rf"^[ \t]*{match[1]}[ \t]*\r?$", re.MULTILINE).search(text, at, end)
            at = end if closing is None else closing.end()
        elif mark == '"' and open_marks[-1] == '"':
            open_marks.pop()
        elif mark in ('"', "{", "${", "%{"):
            open_marks.append(mark[-1])
        elif mark == "}":
            open_marks.pop()
        if not open_marks:
            return at
    return end


def unescape_literal(text: str) -> str:
    """The text of a quoted literal with its escapes resolved."""
    return _ESCAPE.sub(_unescape_match, text) if "\\" in text else text


def _unescape_match(match: re.Match[str]) -> str:
    """The character of an escape; U+FFFD for a code that is not a character."""
    short_escape = match[3]
    if short_escape:
        return _ESCAPED_CHARACTERS.get(short_escape, short_escape)
    code_point = int(match[1] or match[2], 16)
    return "\ufffd" if code_point > 0x10FFFF or 0xD800 <= code_point < 0xE000 else chr(code_point)


def is_traversal(expression: str) -> bool:
    """Whether an expression is only a reference: `var.name`, `aws_s3_bucket.b[0].arn`."""
    return _TRAVERSAL.fullmatch(expression) is not None


def is_pseudo_parameter(expression: str) -> bool:
    """Whether an expression is the account, partition or Region of the deployment."""
    return any(pattern.fullmatch(expression) for pattern, _ in _PSEUDO_PARAMETERS)


def unresolved_parameter(expression: str) -> str:
    """The parameter for an expression that is not known before deployment: `${aws_s3_bucket.b.arn}`."""
    for pattern, name in _PSEUDO_PARAMETERS:
        if pattern.fullmatch(expression):
            return f"${{{name}}}"
    return parameter_of(" ".join(expression.split()))


TraversalStep = tuple[str, object]
_STEP = re.compile(r"\.([A-Za-z_][\w-]*)|\.([0-9]+)|\[([0-9]+)\]|\[\"([^\"\\$]*)\"\]|\[([A-Za-z_][\w.-]*)\]")


def traversal_steps(expression: str) -> tuple[str, tuple[TraversalStep, ...]] | None:
    """The first name of a reference and its steps; None for other expressions.

    A step is an attribute (`attribute`), an index that is a text or number (`index`), or an index that is another
    reference, as text (`reference`).
    """
    name = _FIRST_NAME.match(expression)
    if name is None or name[0] in _LITERALS:
        return None
    steps: list[TraversalStep] = []
    position = name.end()
    while position < len(expression):
        match = _STEP.match(expression, position)
        if match is None:
            return None
        attribute, short_index, index, key, reference = match.groups()
        if attribute is not None:
            steps.append(("attribute", attribute))
        elif short_index is not None or index is not None:
            steps.append(("index", int(short_index or index)))
        else:
            steps.append(("index", key) if key is not None else ("reference", reference))
        position = match.end()
    return name[0], tuple(steps)


def full_expression_text(expression: str) -> str:
    """An expression as one line; of a very long one the beginning and a digest."""
    line = " ".join(expression.split())
    if len(line) <= _MAX_EXPRESSION_LENGTH:
        return line
    from hashlib import sha256  # noqa: PLC0415 - startup: OpenSSL is slow to load, and such expressions are rare

    return f"{line[:_MAX_NAME_LENGTH]}... {sha256(line.encode()).hexdigest()[:8]}"


def expression_text(expression: str) -> str:
    """An expression as one line for messages, shortened unless it is a reference."""
    line = " ".join(expression.split())
    return line if len(line) <= _MAX_NAME_LENGTH or is_traversal(line) else line[: _MAX_NAME_LENGTH - 3] + "..."
