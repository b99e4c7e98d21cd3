"""Changes to the text of a policy that leave all else as it is: comments, order, indentation, line ends.

Each function gives the edits, or none where the text does not allow it: a value that came out of a string with
escapes, say. Offsets are those of the file's text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import Syntax


@dataclass(frozen=True, slots=True)
class Edit:
    """One change to a file's text: what stands from `start` to `end` (offsets in characters) becomes `text`."""

    start: int
    end: int
    text: str


Edits = tuple[Edit, ...]
_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./-]*(?::[A-Za-z0-9_./*-]+)*")
_NOT_TEXT = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def replace_scalar(node: Node, text: str) -> Edits:
    """The scalar `node` (a key, too) with another text, in the quotes it has."""
    if node.kind is not NodeKind.SCALAR or node.tag or node.unresolved or not node.source.is_editable:
        return ()
    if node.source.syntax is Syntax.HCL:
        written = _hcl().replace_hcl_scalar(node, text)
        return () if written is None else _edit(node, node.start, node.end, written)
    return _edit(node, node.start, node.end, _scalar(node, text))


def replace_node(node: Node, value: Any) -> Edits:
    """`node` as a whole with plain data (text, lists, maps) in its place."""
    if not node.source.is_editable:
        return ()
    if isinstance(value, str) and node.kind is NodeKind.SCALAR:
        return replace_scalar(node, value)
    if node.source.syntax is Syntax.HCL:
        written = None if node.unresolved else _hcl().hcl_value(node, value)
        return () if written is None else _edit(node, node.start, node.end, written)
    if node.source.syntax is Syntax.JSON or _is_flow(node):
        return _edit(node, node.start, node.end, _json(node, value))
    return ()


def remove_child(parent: Node, child: Node) -> Edits:
    """The list `parent` without the item `child`, or the map without the pair whose key is `child`."""
    if not parent.source.is_editable or child.source is not parent.source:
        return ()
    spans, places = _spans(parent)
    at = places.get(id(child))
    if at is None:
        return ()
    if parent.source.syntax is Syntax.HCL:
        before, after = spans[at - 1][1] if at else None, spans[at + 1][0] if at + 1 < len(spans) else None
        return _change(parent, _hcl().remove_hcl_child(parent, *spans[at], before, after))
    if parent.source.syntax is Syntax.YAML and not _is_flow(parent):
        return _without_block(parent, spans, at)
    return _without_flow(parent, spans, at)


def _without_flow(parent: Node, spans: list[tuple[Node, Node]], at: int) -> Edits:
    start, end = spans[at][0].start, spans[at][1].end
    if at + 1 < len(spans):  # up to the next one, whose indentation it then has
        return _edit(parent, start, spans[at + 1][0].start, "")
    if at:  # from the end of the one before, its comma included
        return _edit(parent, spans[at - 1][1].end, end, "")
    return _edit(parent, start, end, "")


def insert_pair(parent: Node, key: str, value: Any, *, before: Node | None = None) -> Edits:
    """The map `parent` with one pair more: before the key `before`, else at the end."""
    if parent.kind is not NodeKind.MAP or not parent.pairs or not parent.source.is_editable:
        return ()
    if parent.source.syntax is Syntax.HCL:
        return _change(parent, _hcl().insert_hcl_pair(parent, key, value, before))
    flow = parent.source.syntax is Syntax.JSON or _is_flow(parent)
    last = parent.pairs[-1][1]
    anchor = before if before is not None else parent.pairs[0][0]
    gap = _gap(anchor)
    written = _pair(parent, key, value, flow=flow)
    if before is not None:
        return _edit(parent, before.start, before.start, f"{written}{',' if flow else ''}{gap}")
    if not flow and parent.source.text[last.start : last.end].endswith("\n"):
        return ()  # a block scalar or collection ends behind its line
    return _edit(parent, last.end, last.end, f"{',' if flow else ''}{gap}{written}")


def combine_edits(edits: Iterable[Edits]) -> Edits:
    """Several changes that only make sense together; none if one of them cannot be made."""
    found = tuple(edits)
    return tuple(each for one in found for each in one) if all(found) else ()


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with the edits made; they must not overlap."""
    pieces: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        pieces += (text[at : edit.start], edit.text)
        at = edit.end
    return "".join([*pieces, text[at:]])


def _edit(node: Node, start: int, end: int, text: str) -> Edits:
    return (Edit(node.source.file_offset(start), node.source.file_offset(end), text),)


def _hcl() -> ModuleType:
    from iamglue.policy.source import hcl_edits  # noqa: PLC0415 - startup: only for Terraform

    return hcl_edits


def _change(node: Node, change: tuple[int, int, str] | None) -> Edits:
    return () if change is None else _edit(node, *change)


# A rule that drops many items of one list asks for each.
@lru_cache(maxsize=4)
def _spans(parent: Node) -> tuple[list[tuple[Node, Node]], dict[int, int]]:
    """The first and last node of each item or pair, and where each first node stands among them, by its `id`."""
    spans = [(item, item) for item in parent.items] if parent.kind is NodeKind.LIST else list(parent.pairs)
    return spans, {id(first): at for at, (first, _) in reversed(list(enumerate(spans)))}


def _is_flow(node: Node) -> bool:
    return node.source.text[node.start : node.start + 1] in ("{", "[")


def _scalar(node: Node, text: str) -> str:
    """Text in the quotes that a scalar has."""
    syntax, written = node.source.syntax, node.source.text[node.start : node.end]
    if syntax is Syntax.YAML and written.startswith("'"):
        return "'" + text.replace("'", "''") + "'"
    if syntax is Syntax.YAML and node.plain and _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT:
        return text
    return _quoted(node, text)


def _quoted(node: Node, value: Any, indent: str | None = None) -> str:
    """Plain data as JSON; in a template of Terraform, `${` is not meant as an expression."""
    written = json.dumps(value, ensure_ascii=False, indent=indent)
    return str(_hcl().escape_template(written)) if node.source.is_template else written


def _pair(parent: Node, key: str, value: Any, *, flow: bool) -> str:
    first = parent.pairs[0][0]
    if flow:
        return f"{_scalar(first, key)}: {_json(parent, value)}"
    written = value if isinstance(value, str) and _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
    return f"{key}: {written}"


def _gap(anchor: Node) -> str:
    """The white space before a pair, so that the new one stands as it does."""
    before = anchor.source.text[: anchor.start]
    line = before[before.rfind("\n") + 1 :]
    if line.strip():
        return " " if anchor.source.syntax is Syntax.JSON or line.strip(" -") else "\n" + " " * len(line)
    return ("\r\n" if before.endswith("\r\n" + line) else "\n") + line


def _json(node: Node, value: Any) -> str:
    """Plain data as JSON, indented as the file is where `node` stands on lines of its own."""
    text = node.source.text
    if isinstance(value, str) or "\n" not in text[node.start : node.end]:
        return _quoted(node, value)
    line = text[text.rfind("\n", 0, node.start) + 1 :]
    base = line[: len(line) - len(line.lstrip(" \t"))]
    step = _step(text)
    lines = _quoted(node, value, step).split("\n")
    return ("\r\n" if "\r\n" in text else "\n").join([lines[0], *(base + each for each in lines[1:])])


def _step(text: str) -> str:
    found = re.search(r"\n([ \t]+)\S", text)
    return found[1] if found else "  "


def _without_block(parent: Node, spans: list[tuple[Node, Node]], at: int) -> Edits:
    """An item or pair of a block collection is dropped with its lines."""
    text = parent.source.text
    if len(spans) == 1:
        return ()  # what is left would be null, not an empty collection
    start = text.rfind("\n", 0, spans[at][0].start) + 1
    lead = text[start : spans[at][0].start]
    if at + 1 < len(spans):
        follower = spans[at + 1][0].start
        if lead.strip(" -"):
            return ()
        if parent.kind is NodeKind.MAP and lead.strip():  # `- Sid: a`, the dash belongs to the item
            return _edit(parent, spans[at][0].start, follower, "")
        return _edit(parent, start, text.rfind("\n", 0, follower) + 1, "")
    end = spans[at][1].end
    line_end = text.find("\n", max(end - 1, 0))
    return _edit(parent, start, len(text) if line_end < 0 else line_end + 1, "")
