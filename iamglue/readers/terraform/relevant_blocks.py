"""Blanks the blocks of a configuration that say nothing about policies: the parser takes most of the time of a lint.

The offsets of all other text stay the same. Errors in blocks that are left out are Terraform's to report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from iamglue.readers.templates.listener_routes import EVERYONES_RANGES
from iamglue.readers.terraform.api_routes import API_RESOURCES
from iamglue.readers.terraform.graphql_routes import GRAPHQL_RESOURCES
from iamglue.readers.terraform.listener_routes import GROUP_RESOURCES, LISTENER_RESOURCES
from iamglue.readers.terraform.policy_attributes import POLICY_RESOURCES
from iamglue.readers.terraform.reference_values import NAMING_BY_TYPE
from iamglue.readers.terraform.string_templates import string_end

_TOKEN = re.compile(
    r"(?P<comment>\#[^\n]*|//[^\n]*|/\*.*?(?:\*/|\Z))"
    r"|<<-?(?P<heredoc>[A-Za-z_][\w.-]*)[ \t]*\r?\n"
    r'|(?P<text>"(?:\$\$\{|%%\{|[^"\\$%\n]|\\.|\$(?!\{)|%(?!\{))*")'
    r'|(?P<quote>")|(?P<opening>\{)|(?P<closing>\})',
    re.DOTALL,
)
_HEADER = re.compile(r'\s*([A-Za-z_][\w-]*)((?:\s+(?:"[^"\n]*"|[A-Za-z_][\w-]*))*)\s*')
_LABEL = re.compile(r'"([^"\n]*)"|([A-Za-z_][\w-]*)')
_KINDS = frozenset({"resource", "data", "locals", "variable", "module", "output"})
_FUNCTION_RESOURCES = frozenset(
    {
        "aws_lambda_event_source_mapping",
        "aws_lambda_function",
        "aws_lambda_function_event_invoke_config",
        "aws_lambda_function_url",
    }
)
_TYPES = frozenset(
    {
        *POLICY_RESOURCES,
        *NAMING_BY_TYPE,
        *_FUNCTION_RESOURCES,
        *API_RESOURCES,
        *GRAPHQL_RESOURCES,
        *LISTENER_RESOURCES,
        "aws_iam_policy_document",
    }
)
# Of types with many blocks, only those with one of these words say something.
_WORDS = {"aws_instance": ("iam_instance_profile",), **dict.fromkeys(GROUP_RESOURCES, tuple(sorted(EVERYONES_RANGES)))}


@dataclass(frozen=True, slots=True)
class _Block:
    kind: str
    labels: tuple[str, ...]
    start: int
    end: int


def blank_irrelevant_blocks(text: str) -> str:
    """The text with blanks for blocks without policies to which nothing in it refers; as it is if it is malformed."""
    blocks = _split(text)
    if blocks is None:
        return text
    pieces: list[str] = []
    offset = 0
    for block in blocks:
        if not _is_relevant(block, text):
            pieces += (text[offset : block.start], " " * (block.end - block.start))
            offset = block.end
    return "".join([*pieces, text[offset:]])


def _is_relevant(block: _Block, text: str) -> bool:
    if block.kind not in _KINDS:
        return False
    if block.kind not in ("resource", "data") or len(block.labels) < 2:
        return True
    kind = block.labels[0]
    words = _WORDS.get(kind)
    is_known = kind in _TYPES if words is None else any(word in text[block.start : block.end] for word in words)
    return is_known or ".".join(block.labels) in text


def _split(text: str) -> list[_Block] | None:
    """The blocks of a file; None if there is other text, or a bracket or quote is not closed."""
    blocks: list[_Block] = []
    header: re.Match[str] | None = None
    depth, last_end = 0, 0
    for kind, start, end in _tokens(text):
        if kind == "unclosed":
            return None
        if kind == "comment" and depth == 0:
            if text[last_end:start].strip():
                return None
            last_end = end
        elif kind == "opening":
            if depth == 0:
                header = _HEADER.fullmatch(text, last_end, start)
                if header is None:
                    return None
            depth += 1
        elif kind == "closing":
            depth -= 1
            if depth < 0:
                return None
            if depth == 0 and header is not None:
                labels = tuple(quoted or plain for quoted, plain in _LABEL.findall(header[2]))
                blocks.append(_Block(header[1], labels, header.start(1), end))
                last_end = end
    return None if depth or text[last_end:].strip() else blocks


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """The comments and braces outside strings and heredocs; `unclosed` for a string or heredoc without end."""
    position = 0
    while (match := _TOKEN.search(text, position)) is not None:
        kind, end = match.lastgroup or "", match.end()
        if kind == "heredoc":
            closing = re.compile(rf"^[ \t]*{re.escape(match[kind])}[ \t]*\r?$", re.MULTILINE).search(text, end)
            kind, end = ("unclosed", end) if closing is None else (kind, closing.end())
        elif kind == "quote":
            end = string_end(text, match.start())
            kind = "unclosed" if end < 0 else kind
        yield kind, match.start(), end
        position = end
