"""How values are written in HCL, and how an item or pair is taken out of it; offsets are those of the node's origin."""

from __future__ import annotations

import json
import re
from typing import Any

from iamglue.policy.source.nodes import Node, NodeKind

TextChange = tuple[int, int, str]

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_EQUALS = re.compile(r"[ \t]*[=:][ \t]*")
_COMMA = re.compile(r"[ \t]*,[ \t]*")
# What may stand behind a value: its comma, a comment, the end of its line or of what it is in.
_AFTER = re.compile(r"[ \t]*(?:,|#|//|/\*|\r?\n|[\]}]|$)")
# From a value to the end of its line, if nothing but a comment follows.
_REST_OF_LINE = re.compile(r"[ \t]*,?[ \t]*(?:(?:#|//)[^\n]*)?(?:\r?\n|$)")
_SEPARATOR = re.compile(r"\s*,?\s*")


def escape_template(text: str) -> str:
    """Text as a template of Terraform writes it, so that nothing in it is an expression."""
    return text.replace("${", "$${").replace("%{", "%%{")


def quote_hcl(text: str) -> str:
    """Text as a quoted string of HCL."""
    written = json.dumps(text, ensure_ascii=False).replace("\\b", "\\u0008").replace("\\f", "\\u000c")
    return escape_template(written)


def replace_hcl_scalar(node: Node, text: str) -> str | None:
    """A scalar with another text; None for a name that stands for another one, and for heredocs."""
    written = node.source.text[node.start : node.end]
    if written.startswith('"'):
        # The data source aws_iam_policy_document has a spelling of its own for IAM's variables.
        own = "&{" in written and "&{" not in node.text
        return quote_hcl(text.replace("${", "&{") if own else text)
    if not node.plain or written != node.text:
        return None
    return text if _IDENTIFIER.fullmatch(text) else quote_hcl(text)


def hcl_value(node: Node, value: Any) -> str | None:
    """Plain data in the place of `node`: a list only for a list, which may be an argument that takes no other."""
    written = node.source.text[node.start : node.start + 1]
    if written not in ('"', "[", "{") or (node.kind is NodeKind.LIST and not isinstance(value, list)):
        return None
    line = _indentation(node)
    return _data(value, line if "\n" in node.source.text[node.start : node.end] else None)


def _indentation(node: Node) -> str:
    text = node.source.text
    line = text[text.rfind("\n", 0, node.start) + 1 : node.start]
    return line[: len(line) - len(line.lstrip())]


def _data(value: Any, indentation: str | None) -> str:
    """Plain data as HCL: on lines of their own where `indentation` is that of the line it begins on."""
    if isinstance(value, str):
        return quote_hcl(value)
    if not isinstance(value, list | dict):
        return json.dumps(value)
    deeper = None if indentation is None else indentation + "  "
    if isinstance(value, list):
        return _bracketed("[", [_data(each, deeper) for each in value], "]", indentation, ",")
    pairs = [
        f"{key if _IDENTIFIER.fullmatch(key) else quote_hcl(key)} = {_data(of, deeper)}" for key, of in value.items()
    ]
    return _bracketed("{", pairs, "}", indentation, "")


def _bracketed(opening: str, parts: list[str], closing: str, indentation: str | None, end: str) -> str:
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
    """Takes out what stands from `first` to `last`; `before` and `after` are the ends of its neighbours.

    Comments on lines of their own stay; one behind the value on its line goes with it.
    """
    text = parent.source.text
    start, end = first.start, last.end
    bracketed = text[parent.start : parent.start + 1] in ("[", "{")
    is_last_block = not bracketed and parent.kind is NodeKind.LIST and before is None and after is None
    if is_last_block or not _is_inside(parent, first, last):
        return None
    line = text.rfind("\n", 0, start) + 1
    rest = _REST_OF_LINE.match(text, end)
    if rest is not None and not text[line:start].strip():
        return line, rest.end(), ""
    return _inline(text, start, end, before, after) if bracketed else None


def _is_inside(parent: Node, first: Node, last: Node) -> bool:
    """Whether the value stands in its parent as one piece, rather than where a name leads to."""
    text = parent.source.text
    if not parent.start <= first.start <= last.start <= last.end <= parent.end or not _AFTER.match(text, last.end):
        return False
    return first is last or _EQUALS.fullmatch(text, first.end, last.start) is not None


def _inline(text: str, start: int, end: int, before: Node | None, after: Node | None) -> TextChange:
    if after is not None and _is_between(text, end, after.start):
        return start, after.start, ""
    if before is not None and _is_between(text, before.end, start):
        return before.end, end, ""
    comma = _COMMA.match(text, end)
    return start, comma.end() if comma else end, ""


def _is_between(text: str, start: int, end: int) -> bool:
    return start <= end and _SEPARATOR.fullmatch(text, start, end) is not None


def insert_hcl_pair(parent: Node, key: str, value: Any, before: Node | None) -> TextChange | None:
    """Puts a pair into an object: before the key `before`, else at the end."""
    text = parent.source.text
    if text[parent.start : parent.start + 1] != "{":
        return None  # a block, whose attributes have names and forms of their own
    first, (_, last) = parent.pairs[0][0], parent.pairs[-1]
    anchor = before or first
    is_quoted = text[first.start : first.start + 1] == '"'
    name = key if not is_quoted and _IDENTIFIER.fullmatch(key) else quote_hcl(key)
    sign = _EQUALS.match(text, first.end)
    line = text[text.rfind("\n", 0, anchor.start) + 1 : anchor.start]
    own_line = not line.strip()
    pair = f"{name}{sign[0] if sign and sign[0].strip() == ':' else ' = '}{_data(value, line if own_line else None)}"
    gap = f"\n{line}" if own_line else " "
    if before is not None:
        return before.start, before.start, f"{pair}{'' if own_line else ','}{gap}"
    if not parent.start < last.end <= parent.end or not _AFTER.match(text, last.end):
        return None
    return last.end, last.end, f"{'' if own_line else ','}{gap}{pair}"
