"""A policy document as JSON text in a Terraform string or heredoc, with expressions in it."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

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
from iamglue.readers.terraform.scope import TerraformScope
from iamglue.readers.terraform.string_templates import TemplatePieceKind, expression_text, template_pieces

_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_HOLE = re.compile(r"\$\{(?:AWS::)?[A-Za-z0-9]+\}")


@dataclass(frozen=True, slots=True)
class _Put:
    """What stands from `start` to `end` in the text, and what it becomes; `known`: it is a value that was looked up."""

    start: int
    end: int
    text: str
    source: str = ""
    unknown: bool = False
    known: bool = False


def parse_json_document(node: Node, scope: TerraformScope) -> ParsedDocuments:
    """The JSON document in a scalar of a configuration. Raises IamglueError, with its place, for any other text."""
    if node.source.syntax is Syntax.HCL and node.source.text.startswith("<<", node.start):
        return _read(*_heredoc(node, scope))
    origin = QuotedSourceText(node.source, node.text, node.start, node.end)
    found = _HOLE.finditer(node.text) if node.unresolved else ()
    return _read(origin, [_Put(each.start(), each.end(), each[0], each[0], unknown=True) for each in found])


def _heredoc(node: Node, scope: TerraformScope) -> tuple[SourceText, list[_Put]]:
    outer = node.source.text
    start = outer.find("\n", node.start, node.end) + 1
    text = outer[start : max(start, outer.rfind("\n", start, node.end) + 1)]
    origin = EmbeddedSourceText(node.source, text, [start + each for each in line_starts(text)])
    origin.is_template = True
    return origin, _puts(text, scope)


def _puts(text: str, scope: TerraformScope) -> list[_Put]:
    found: list[_Put] = []
    for piece in template_pieces(text):
        if piece.kind is TemplatePieceKind.EXPRESSION:
            value = scope.interpolate(piece.text)
            text = json.dumps(value.text, ensure_ascii=False)[1:-1]
            found.append(
                _Put(piece.start, piece.end, text, expression_text(piece.text), not value.is_known, value.is_known)
            )
        elif piece.text in ("${", "%{") and piece.end - piece.start == 3:
            found.append(_Put(piece.start, piece.end, piece.text))
    return found


def _read(origin: SourceText, puts: Sequence[_Put]) -> ParsedDocuments:
    """Reads the text with fillers of the same length, so that places stay as they are, then puts in what they are."""
    if not puts:
        return JsonReader(origin).read()
    template = origin.text
    filled = _filled(template, puts)
    origin.text = filled
    reading = JsonReader(origin).read()
    origin.text = template
    placed = _Placed(template, puts)
    return ParsedDocuments(tuple(map(placed.node, reading.documents)), reading.problems)


def _filled(text: str, puts: Sequence[_Put]) -> str:
    plain = _with(text, [(each, "_" * (each.end - each.start)) for each in puts])
    strings = [found.span() for found in _STRING.finditer(plain)]
    starts = [start for start, _ in strings]

    def filler(put: _Put) -> str:
        at = bisect_right(starts, put.start) - 1
        length = put.end - put.start
        inside = at >= 0 and put.start < strings[at][1]
        return "_" * length if inside else "null".ljust(length)

    return _with(text, [(each, filler(each)) for each in puts])


def _with(text: str, puts: Sequence[tuple[_Put, str]]) -> str:
    written: list[str] = []
    at = 0
    for put, filler in puts:
        written += (text[at : put.start], filler)
        at = put.end
    return "".join([*written, text[at:]])


class _Placed:
    """Puts texts in the places of their fillers."""

    def __init__(self, text: str, puts: Sequence[_Put]) -> None:
        self._text = text
        self._puts = puts
        self._starts = [put.start for put in puts]

    def node(self, node: Node) -> Node:
        """The node with what stands in it."""
        if node.kind is NodeKind.LIST:
            return replace(node, items=tuple(map(self.node, node.items)))
        if node.kind is NodeKind.MAP:
            return replace(node, pairs=tuple((self.node(key), self.node(of)) for key, of in node.pairs))
        first = bisect_right(self._starts, node.start - 1)
        puts = self._puts[first : bisect_right(self._starts, node.end - 1)]
        return self._scalar(node, puts) if puts else node

    def _scalar(self, node: Node, puts: Sequence[_Put]) -> Node:
        if node.plain:
            return replace(node, kind=NodeKind.UNKNOWN, text=puts[0].source, plain=False)
        written = self._text[node.start : node.end]
        moved = [replace(put, start=put.start - node.start, end=put.end - node.start) for put in puts]
        text = str(json.loads(_with(written, [(put, put.text) for put in moved]), strict=False))
        origin = ReadOnlySourceText(node.source) if any(put.known for put in puts) else node.source
        return replace(node, source=origin, text=text, unresolved=any(put.unknown for put in puts))
