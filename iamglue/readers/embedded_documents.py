"""A policy document that stands in a file as text: JSON in a string, in a block of lines, percent-encoded."""

from __future__ import annotations

import json
import re

from iamglue.errors import IamglueError
from iamglue.policy.source.json_reader import JsonReader
from iamglue.policy.source.nodes import Node, NodeKind, ParsedDocuments
from iamglue.policy.source.source_text import EmbeddedSourceText, QuotedSourceText, SourceText

# The text that the IAM API itself gives: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyDetail.html
_ENCODED = "%7B"
_BETWEEN_LINES = re.compile(r"[ \t\r]*\n[ \t]*")


def is_document_text(node: Node) -> bool:
    """Whether a scalar's text is meant as a JSON document."""
    return node.kind is NodeKind.SCALAR and _opens(node.text)


def _opens(text: str) -> bool:
    start = text[:200].lstrip()[:3]
    return start[:1] in ("{", "[") or start.upper() == _ENCODED


def parse_embedded_document(node: Node) -> ParsedDocuments:
    """The JSON document that a scalar's text is. Raises IamglueError, with its place in the file, for any other."""
    if node.text.lstrip()[:3].upper() == _ENCODED:
        from urllib.parse import unquote  # noqa: PLC0415 - startup: only what the API gives is so encoded

        return JsonReader(_quoted(node, unquote(node.text))).read()
    origin = _line_by_line(node)
    if origin is not None:
        return JsonReader(origin).read()
    if node.text.startswith('{\\"'):  # API Gateway escapes the document twice
        return JsonReader(_quoted(node, _unescaped(node))).read()
    return JsonReader(_quoted(node, node.text)).read()


def _quoted(node: Node, text: str) -> SourceText:
    return QuotedSourceText(node.source, text, node.start, node.end)


def _unescaped(node: Node) -> str:
    try:
        return str(json.loads(f'"{node.text}"'))
    except ValueError as error:
        raise IamglueError("this text is no JSON document", location=node.location) from error


def _line_by_line(node: Node) -> SourceText | None:
    """An origin that knows each line's place, where the text stands in the file without escapes."""
    written = node.source.text[node.start : node.end]
    starts: list[int] = []
    at = 0
    lines = node.text.split("\n")
    last = len(lines) - (2 if len(lines) > 1 and not lines[-1] else 1)
    for number, line in enumerate(lines[: last + 1]):
        found = written.find(line, at) if line or number else -1
        if found < 0 or (number and not _BETWEEN_LINES.fullmatch(written, at, found)):
            return None
        starts.append(node.start + found)
        at = found + len(line)
    starts += [node.start + at] * (len(lines) - len(starts))
    origin = EmbeddedSourceText(node.source, node.text, starts)
    origin.is_editable = False  # what is put in would have to be indented, and quoted, as the string around it is
    return origin
