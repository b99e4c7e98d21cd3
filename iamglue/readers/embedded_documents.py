"""Policy documents written as text inside a file: JSON in a string or block scalar, or percent-encoded."""

from __future__ import annotations

import json
import re

from iamglue.errors import IamglueError
from iamglue.policy.source.json_reader import JsonReader
from iamglue.policy.source.nodes import Node, NodeKind, ParsedDocuments
from iamglue.policy.source.source_text import EmbeddedSourceText, QuotedSourceText, SourceText

# The IAM API returns documents percent-encoded: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyDetail.html
_ENCODED_BRACE = "%7B"
_BETWEEN_LINES = re.compile(r"[ \t\r]*\n[ \t]*")


def is_document_text(node: Node) -> bool:
    """Whether a scalar's text begins as a JSON document does."""
    return node.kind is NodeKind.SCALAR and _begins_as_document(node.text)


def _begins_as_document(text: str) -> bool:
    start = text[:200].lstrip()[:3]
    return start[:1] in ("{", "[") or start.upper() == _ENCODED_BRACE


def parse_embedded_document(node: Node) -> ParsedDocuments:
    """The JSON document in a scalar's text. Raises IamglueError, with the location, for any other text."""
    if node.text.lstrip()[:3].upper() == _ENCODED_BRACE:
        from urllib.parse import unquote  # noqa: PLC0415 - startup: only API output is percent-encoded

        return JsonReader(_quoted_source(node, unquote(node.text))).read()
    source = _line_by_line_source(node)
    if source is not None:
        return JsonReader(source).read()
    if node.text.startswith('{\\"'):  # API Gateway escapes the document twice
        return JsonReader(_quoted_source(node, _unescape(node))).read()
    return JsonReader(_quoted_source(node, node.text)).read()


def _quoted_source(node: Node, text: str) -> SourceText:
    return QuotedSourceText(node.source, text, node.start, node.end)


def _unescape(node: Node) -> str:
    """The text of a scalar whose quotes are escaped a second time."""
    try:
        return str(json.loads(f'"{node.text}"'))
    except ValueError as error:
        raise IamglueError("the text is not a valid JSON document", location=node.location) from error


def _line_by_line_source(node: Node) -> SourceText | None:
    """A source that maps each line to its location; None if the file's text has escapes, so that lines differ."""
    raw_text = node.source.text[node.start : node.end]
    starts: list[int] = []
    offset = 0
    lines = node.text.split("\n")
    last = len(lines) - (2 if len(lines) > 1 and not lines[-1] else 1)
    for number, line in enumerate(lines[: last + 1]):
        line_start = raw_text.find(line, offset) if line or number else -1
        if line_start < 0 or (number and not _BETWEEN_LINES.fullmatch(raw_text, offset, line_start)):
            return None
        starts.append(node.start + line_start)
        offset = line_start + len(line)
    starts += [node.start + offset] * (len(lines) - len(starts))
    source = EmbeddedSourceText(node.source, node.text, starts)
    source.is_editable = False  # a fix would need the indentation and quoting of the surrounding string
    return source
