"""Values as HCL text, and edits of HCL text. Offsets are those of the node's source."""

from __future__ import annotations

import json
import re
from typing import Any

from iamglue.policy.source.nodes import Node, NodeKind

TextChange = tuple[int, int, str]

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_EQUALS = re.compile(r"[ \t]*[=:][ \t]*")
_COMMA = re.compile(r"[ \t]*,[ \t]*")
# The allowed text after a value: a comma, a comment, the end of the line or of the collection.
_AFTER_VALUE = re.compile(r"[ \t]*(?:,|#|//|/\*|\r?\n|[\]}]|$)")
# From a value to the end of its line, if only a comment follows.
_REST_OF_LINE = re.compile(r"[ \t]*,?[ \t]*(?:(?:#|//)[^\n]*)?(?:\r?\n|$)")
_SEPARATOR = re.compile(r"\s*,?\s*")


def escape_template(text: str) -> str:
    """Escape `text` for a Terraform template, so that nothing in it is an expression."""
    return text.replace("${", "$${").replace("%{", "%%{")


def quote_hcl(text: str) -> str:
    """Quote `text` as an HCL string."""
    written = json.dumps(text, ensure_ascii=False).replace("\\b", "\\u0008").replace("\\f", "\\u000c")
    return escape_template(written)


def replace_hcl_scalar(node: Node, text: str) -> str | None:
    """The HCL text of a scalar with a new value; None for a reference and for a heredoc."""
    written = node.source.text[node.start : node.end]
    if written.startswith('"'):
        # The data source aws_iam_policy_document writes IAM variables as `&{...}`.
        uses_ampersand = "&{" in written and "&{" not in node.text
        return quote_hcl(text.replace("${", "&{") if uses_ampersand else text)
    if not node.plain or written != node.text:
        return None
    return text if _IDENTIFIER.fullmatch(text) else quote_hcl(text)


def hcl_value(node: Node, value: Any) -> str | None:
    """The HCL text of plain data that replaces `node`.

    None if `node` is a list and `value` is not, because it may be an argument that accepts only a list.
    """
    written = node.source.text[node.start : node.start + 1]
    if written not in ('"', "[", "{") or (node.kind is NodeKind.LIST and not isinstance(value, list)):
        return None
    line = _indentation(node)
    return _hcl_text(value, line if "\n" in node.source.text[node.start : node.end] else None)


def _indentation(node: Node) -> str:
    """The white space at the start of the node's line."""
    text = node.source.text
    line = text[text.rfind("\n", 0, node.start) + 1 : node.start]
    return line[: len(line) - len(line.lstrip())]


def _hcl_text(value: Any, indentation: str | None) -> str:
    """Plain data as HCL. With `indentation` (that of the first line), collections span several lines."""
    if isinstance(value, str):
        return quote_hcl(value)
    if not isinstance(value, list | dict):
        return json.dumps(value)
    deeper = None if indentation is None else indentation + "  "
    if isinstance(value, list):
        return _bracketed_text("[", [_hcl_text(item, deeper) for item in value], "]", indentation, ",")
    pairs = [
        f"{key if _IDENTIFIER.fullmatch(key) else quote_hcl(key)} = {_hcl_text(content, deeper)}"
        for key, content in value.items()
    ]
    return _bracketed_text("{", pairs, "}", indentation, "")


def _bracketed_text(opening: str, parts: list[str], closing: str, indentation: str | None, end: str) -> str:
    """A collection on one line, or on several lines if `indentation` is not None."""
    if not parts:
        return opening + closing
    if indentation is None:
        inside = ", ".join(parts)
        return f"{{ {inside} }}" if opening == "{" else f"[{inside}]"
    lines = "".join(f"{indentation}  {part}{end}\n" for part in parts)
    return f"{opening}\n{lines}{indentation}{closing}"


def remove_hcl_child(
    parent: Node, first: Node, last: Node, before: Node | None, after: Node | None
) -> TextChange | None:
    """Remove the text from `first` to `last`; `before` and `after` are the adjacent ends of its neighbours.

    Comments on their own lines stay; a comment after the value on its line is removed.
    """
    text = parent.source.text
    start, end = first.start, last.end
    is_bracketed = text[parent.start : parent.start + 1] in ("[", "{")
    is_last_block = not is_bracketed and parent.kind is NodeKind.LIST and before is None and after is None
    if is_last_block or not _is_inside(parent, first, last):
        return None
    line = text.rfind("\n", 0, start) + 1
    rest = _REST_OF_LINE.match(text, end)
    if rest is not None and not text[line:start].strip():
        return line, rest.end(), ""
    return _remove_inline(text, start, end, before, after) if is_bracketed else None


def _is_inside(parent: Node, first: Node, last: Node) -> bool:
    """Whether the text of the value is inside its parent in one piece, not somewhere else through a reference."""
    text = parent.source.text
    if not parent.start <= first.start <= last.start <= last.end <= parent.end or not _AFTER_VALUE.match(
        text, last.end
    ):
        return False
    return first is last or _EQUALS.fullmatch(text, first.end, last.start) is not None


def _remove_inline(text: str, start: int, end: int, before: Node | None, after: Node | None) -> TextChange:
    """Remove the text from `start` to `end`, and the comma between it and a neighbour."""
    if after is not None and _is_between(text, end, after.start):
        return start, after.start, ""
    if before is not None and _is_between(text, before.end, start):
        return before.end, end, ""
    comma = _COMMA.match(text, end)
    return start, comma.end() if comma else end, ""


def _is_between(text: str, start: int, end: int) -> bool:
    """Whether there is only white space and at most one comma between two offsets."""
    return start <= end and _SEPARATOR.fullmatch(text, start, end) is not None


def insert_hcl_pair(parent: Node, key: str, value: Any, before: Node | None) -> TextChange | None:
    """Insert a pair into an object: before the key `before`, otherwise at the end."""
    text = parent.source.text
    if text[parent.start : parent.start + 1] != "{":
        return None  # a block: its attributes have their own names and forms
    first, (_, last) = parent.pairs[0][0], parent.pairs[-1]
    anchor = before or first
    is_quoted = text[first.start : first.start + 1] == '"'
    name = key if not is_quoted and _IDENTIFIER.fullmatch(key) else quote_hcl(key)
    equals = _EQUALS.match(text, first.end)
    line = text[text.rfind("\n", 0, anchor.start) + 1 : anchor.start]
    is_on_own_line = not line.strip()
    sign = equals[0] if equals and equals[0].strip() == ":" else " = "
    pair = f"{name}{sign}{_hcl_text(value, line if is_on_own_line else None)}"
    whitespace = f"\n{line}" if is_on_own_line else " "
    if before is not None:
        return before.start, before.start, f"{pair}{'' if is_on_own_line else ','}{whitespace}"
    if not parent.start < last.end <= parent.end or not _AFTER_VALUE.match(text, last.end):
        return None
    return last.end, last.end, f"{'' if is_on_own_line else ','}{whitespace}{pair}"
