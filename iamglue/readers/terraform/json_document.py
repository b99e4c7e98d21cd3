"""Parses policy documents in Terraform strings and heredocs: JSON text with expressions."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from iamglue.errors import IamglueError
from iamglue.policy.source.json_reader import JsonReader
from iamglue.policy.source.nodes import Node, NodeKind, ParsedDocuments
from iamglue.policy.source.source_text import (
    EmbeddedSourceText,
    QuotedSourceText,
    ReadOnlySourceText,
    SourceText,
    Syntax,
    line_starts,
)
from iamglue.readers.terraform.string_templates import TemplatePieceKind, expression_text, template_pieces
from iamglue.readers.terraform.template_source import TemplateSourceText

_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_PARAMETER = re.compile(r"\$\{(?:AWS::)?[A-Za-z0-9._-]+\}")


@dataclass(frozen=True, slots=True)
class _Substitution:
    """The text that replaces the span from `start` to `end`; `known` if it is the value of the `expression`."""

    start: int
    end: int
    text: str
    expression: str = ""
    unknown: bool = False
    known: bool = False
    value: Node | None = None


def parse_json_document(node: Node) -> ParsedDocuments:
    """The JSON document in a scalar of a configuration. Raises IamglueError, with the location, for any other text."""
    if isinstance(node.source, TemplateSourceText):
        return _read_template(node, node.source)
    if (node.start, node.end) == (0, len(node.source.text)) and node.text == node.source.text:
        return JsonReader(node.source).read()  # the text of a file
    source = QuotedSourceText(node.source, node.text, node.start, node.end)
    return _read_json(source, _parameters(node.text) if node.unresolved else [])


def _read_template(node: Node, template: TemplateSourceText) -> ParsedDocuments:
    """The document in a heredoc or template file; values with quotes can be parts of its JSON syntax."""
    file_text, start, end = template.text, node.start, node.end
    if template.syntax is Syntax.HCL:
        start = file_text.find("\n", node.start, node.end) + 1
        end = max(start, file_text.rfind("\n", start, node.end) + 1)
    text = file_text[start:end]
    substitutions = _find_substitutions(text, template, start)
    if any(
        substitution.known and substitution.value is None and '"' in substitution.text for substitution in substitutions
    ):
        rendered = QuotedSourceText(template.outer, node.text, node.start, node.end)
        try:
            return _read_json(rendered, _parameters(node.text))
        except IamglueError:
            pass  # read with the values as texts
    source = EmbeddedSourceText(template.outer, text, [start + line_start for line_start in line_starts(text)])
    source.is_template = True
    return _read_json(source, substitutions)


def _find_substitutions(text: str, template: TemplateSourceText, start: int) -> list[_Substitution]:
    """The substitutions for the expressions and the escapes `$${` and `%%{` in a template that begins at `start`."""
    substitutions: list[_Substitution] = []
    for piece in template_pieces(text):
        if piece.kind is TemplatePieceKind.EXPRESSION:
            value = template.interpolate(piece.text, (start + piece.start, start + piece.end))
            value_text = json.dumps(value.text, ensure_ascii=False)[1:-1]
            name = expression_text(piece.text)
            substitutions.append(
                _Substitution(piece.start, piece.end, value_text, name, not value.is_known, value.is_known, value.value)
            )
        elif piece.text in ("${", "%{") and piece.end - piece.start == 3:
            substitutions.append(_Substitution(piece.start, piece.end, piece.text))
    return substitutions


def _parameters(text: str) -> list[_Substitution]:
    """The parameters `${...}` that stand for unknown values, each as itself."""
    matches = _PARAMETER.finditer(text)
    return [_Substitution(match.start(), match.end(), match[0], match[0], unknown=True) for match in matches]


def _read_json(source: SourceText, substitutions: Sequence[_Substitution]) -> ParsedDocuments:
    """Parse the text with fillers of the same length, which preserves locations; then replace the fillers."""
    if not substitutions:
        return JsonReader(source).read()
    template = source.text
    filled_text = _fill_text(template, substitutions)
    source.text = filled_text
    reading = JsonReader(source).read()
    source.text = template
    document = _SubstitutedDocument(template, substitutions)
    return ParsedDocuments(tuple(map(document.node, reading.documents)), reading.problems)


def _fill_text(text: str, substitutions: Sequence[_Substitution]) -> str:
    """The text with fillers that keep it valid JSON: underscores inside strings, `null` outside."""
    filled_text = _replace_spans(
        text, [(substitution, "_" * (substitution.end - substitution.start)) for substitution in substitutions]
    )
    strings = [match.span() for match in _STRING.finditer(filled_text)]
    starts = [start for start, _ in strings]

    def filler(substitution: _Substitution) -> str:
        """`null` outside of strings, padded with blanks to the length of the expression."""
        index = bisect_right(starts, substitution.start) - 1
        length = substitution.end - substitution.start
        inside = index >= 0 and substitution.start < strings[index][1]
        return "_" * length if inside else "null".ljust(length)

    return _replace_spans(text, [(substitution, filler(substitution)) for substitution in substitutions])


def _replace_spans(text: str, fillers: Sequence[tuple[_Substitution, str]]) -> str:
    """The text with each span replaced; the spans are in the order of the text."""
    pieces: list[str] = []
    offset = 0
    for substitution, filler in fillers:
        pieces += (text[offset : substitution.start], filler)
        offset = substitution.end
    return "".join([*pieces, text[offset:]])


class _SubstitutedDocument:
    """Replaces the fillers in a parsed document with the substituted texts."""

    def __init__(self, text: str, substitutions: Sequence[_Substitution]) -> None:
        self._text = text
        self._substitutions = substitutions
        self._starts = [substitution.start for substitution in substitutions]

    def node(self, node: Node) -> Node:
        """The node with its substitutions."""
        if node.kind is NodeKind.LIST:
            return replace(node, items=tuple(map(self.node, node.items)))
        if node.kind is NodeKind.MAP:
            return replace(node, pairs=tuple((self.node(key), self.node(value)) for key, value in node.pairs))
        first = bisect_right(self._starts, node.start - 1)
        substitutions = self._substitutions[first : bisect_right(self._starts, node.end - 1)]
        return self._scalar_node(node, substitutions) if substitutions else node

    def _scalar_node(self, node: Node, substitutions: Sequence[_Substitution]) -> Node:
        """The scalar with its substitutions; a filler outside strings becomes an UNKNOWN node."""
        if node.plain and substitutions[0].value is not None:
            return substitutions[0].value
        if node.plain:
            return replace(node, kind=NodeKind.UNKNOWN, text=substitutions[0].expression, plain=False)
        source_text = self._text[node.start : node.end]
        relative = [
            replace(substitution, start=substitution.start - node.start, end=substitution.end - node.start)
            for substitution in substitutions
        ]
        text = str(
            json.loads(
                _replace_spans(source_text, [(substitution, substitution.text) for substitution in relative]),
                strict=False,
            )
        )
        source = (
            ReadOnlySourceText(node.source)
            if any(substitution.known for substitution in substitutions)
            else node.source
        )
        return replace(
            node, source=source, text=text, unresolved=any(substitution.unknown for substitution in substitutions)
        )
