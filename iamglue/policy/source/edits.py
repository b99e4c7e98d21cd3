"""Edits of a policy's text that keep everything else: comments, order, indentation, line ends.

Each function returns the edits, or () if the text does not allow them: for example a value that was decoded from a
string with escapes. Offsets are those of the file's text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import Syntax


@dataclass(frozen=True, slots=True)
class Edit:
    """One change to a file's text: replace the characters from `start` to `end` (offsets in characters) by `text`."""

    start: int
    end: int
    text: str


Edits = tuple[Edit, ...]
_PLAIN_SCALAR = re.compile(r"[A-Za-z_/][A-Za-z0-9_./-]*(?::[A-Za-z0-9_./*-]+)*")
_NOT_TEXT = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def replace_scalar(node: Node, text: str) -> Edits:
    """Replace the text of the scalar `node` (which may be a key), and keep its quotes."""
    if node.kind is not NodeKind.SCALAR or node.tag or node.unresolved or not node.source.is_editable:
        return ()
    if node.source.syntax is Syntax.HCL:
        written = _hcl_edits().replace_hcl_scalar(node, text)
        return () if written is None else _edit(node, node.start, node.end, written)
    return _edit(node, node.start, node.end, _scalar_text(node, text))


def replace_node(node: Node, value: Any) -> Edits:
    """Replace the whole `node` by plain data (a string, list or map)."""
    if not node.source.is_editable:
        return ()
    if isinstance(value, str) and node.kind is NodeKind.SCALAR:
        return replace_scalar(node, value)
    if node.source.syntax is Syntax.HCL:
        written = None if node.unresolved else _hcl_edits().hcl_value(node, value)
        return () if written is None else _edit(node, node.start, node.end, written)
    if node.source.syntax is Syntax.JSON or _is_flow(node):
        return _edit(node, node.start, node.end, _indented_json(node, value))
    return ()


def remove_child(parent: Node, child: Node) -> Edits:
    """Remove the item `child` from the list `parent`, or the pair with the key `child` from the map."""
    if not parent.source.is_editable or child.source is not parent.source:
        return ()
    spans, places = _child_spans(parent)
    at = places.get(id(child))
    if at is None:
        return ()
    if parent.source.syntax is Syntax.HCL:
        before, after = spans[at - 1][1] if at else None, spans[at + 1][0] if at + 1 < len(spans) else None
        return _to_edits(parent, _hcl_edits().remove_hcl_child(parent, *spans[at], before, after))
    if parent.source.syntax is Syntax.YAML and not _is_flow(parent):
        return _remove_from_block(parent, spans, at)
    return _remove_from_flow(parent, spans, at, at)


def remove_children(parent: Node, children: Sequence[Node]) -> Edits:
    """Remove several items of the list `parent`."""
    if len(children) == 1 or parent.source.syntax is Syntax.HCL or not _is_flow(parent):
        return _merge_removals(combine_edits(remove_child(parent, child) for child in children))
    if not parent.source.is_editable or any(child.source is not parent.source for child in children):
        return ()
    spans, places = _child_spans(parent)
    if any(id(child) not in places for child in children):
        return ()
    runs: list[tuple[int, int]] = []
    for at in sorted(places[id(child)] for child in children):
        if runs and runs[-1][1] == at - 1:
            runs[-1] = (runs[-1][0], at)
        else:
            runs.append((at, at))
    return combine_edits(_remove_from_flow(parent, spans, first, last) for first, last in runs)


def _remove_from_flow(parent: Node, spans: list[tuple[Node, Node]], first: int, last: int) -> Edits:
    """Remove the items or pairs of a flow collection from one index to another, with their commas."""
    start, end = spans[first][0].start, spans[last][1].end
    if last + 1 < len(spans):  # up to the next item, which takes over the indentation
        return _edit(parent, start, spans[last + 1][0].start, "")
    if first:  # from the end of the previous item, including its comma
        return _edit(parent, spans[first - 1][1].end, end, "")
    return _edit(parent, start, end, "")


def _merge_removals(edits: Edits) -> Edits:
    """Edits that only remove text, without overlaps."""
    merged: list[Edit] = []
    for edit in sorted(edits, key=lambda item: (item.start, item.end)):
        if merged and edit.start <= merged[-1].end:
            merged[-1] = Edit(merged[-1].start, max(merged[-1].end, edit.end), "")
        else:
            merged.append(edit)
    return tuple(merged)


def insert_pair(parent: Node, key: str, value: Any, *, before: Node | None = None) -> Edits:
    """Add a pair to the map `parent`: before the key `before`, otherwise at the end."""
    if parent.kind is not NodeKind.MAP or not parent.pairs or not parent.source.is_editable:
        return ()
    if parent.source.syntax is Syntax.HCL:
        return _to_edits(parent, _hcl_edits().insert_hcl_pair(parent, key, value, before))
    is_flow = parent.source.syntax is Syntax.JSON or _is_flow(parent)
    last = parent.pairs[-1][1]
    anchor = before if before is not None else parent.pairs[0][0]
    whitespace = _whitespace_before(anchor)
    written = _pair_text(parent, key, value, flow=is_flow)
    if before is not None:
        return _edit(parent, before.start, before.start, f"{written}{',' if is_flow else ''}{whitespace}")
    if not is_flow and parent.source.text[last.start : last.end].rstrip(" \t").endswith("\n"):
        return ()  # a block scalar or collection includes its line end
    return _edit(parent, last.end, last.end, f"{',' if is_flow else ''}{whitespace}{written}")


def combine_edits(edits: Iterable[Edits]) -> Edits:
    """Combine changes that are only useful together; () if one of them is not possible."""
    changes = tuple(edits)
    return tuple(edit for change in changes for edit in change) if all(changes) else ()


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Apply the edits to `text`; they must not overlap."""
    pieces: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda item: (item.start, item.end)):
        pieces += (text[position : edit.start], edit.text)
        position = edit.end
    return "".join([*pieces, text[position:]])


def _edit(node: Node, start: int, end: int, text: str) -> Edits:
    """One edit; `start` and `end` are offsets in the node's source."""
    return (Edit(node.source.file_offset(start), node.source.file_offset(end), text),)


def _hcl_edits() -> ModuleType:
    from iamglue.policy.source import hcl_edits  # noqa: PLC0415 - startup: only for Terraform

    return hcl_edits


def _to_edits(node: Node, change: tuple[int, int, str] | None) -> Edits:
    return () if change is None else _edit(node, *change)


# A rule that removes many items of one list looks up each of them.
@lru_cache(maxsize=4)
def _child_spans(parent: Node) -> tuple[list[tuple[Node, Node]], dict[int, int]]:
    """The first and last node of each item or pair, and the index of each first node by its `id`."""
    spans = [(item, item) for item in parent.items] if parent.kind is NodeKind.LIST else list(parent.pairs)
    return spans, {id(first): at for at, (first, _) in reversed(list(enumerate(spans)))}


def _is_flow(node: Node) -> bool:
    """Whether a YAML collection is written in flow style, with brackets."""
    return node.source.text[node.start : node.start + 1] in ("{", "[")


def _scalar_text(node: Node, text: str) -> str:
    """`text` in the quotes that the scalar `node` has."""
    syntax, written = node.source.syntax, node.source.text[node.start : node.end]
    if syntax is Syntax.YAML and written.startswith("'"):
        return "'" + text.replace("'", "''") + "'"
    if syntax is Syntax.YAML and node.plain and _PLAIN_SCALAR.fullmatch(text) and text.lower() not in _NOT_TEXT:
        return text
    return _json_literal(node, text)


def _json_literal(node: Node, value: Any, indent: str | None = None) -> str:
    """Plain data as JSON; in a Terraform template, `${` is escaped, so that it is not an expression."""
    written = json.dumps(value, ensure_ascii=False, indent=indent)
    return str(_hcl_edits().escape_template(written)) if node.source.is_template else written


def _pair_text(parent: Node, key: str, value: Any, *, flow: bool) -> str:
    """The text of a pair, without a comma."""
    first = parent.pairs[0][0]
    if flow:
        return f"{_scalar_text(first, key)}: {_indented_json(parent, value)}"
    written = (
        value if isinstance(value, str) and _PLAIN_SCALAR.fullmatch(value) else json.dumps(value, ensure_ascii=False)
    )
    return f"{key}: {written}"


def _whitespace_before(anchor: Node) -> str:
    """The white space to put between a new pair and its neighbour, to keep the layout of `anchor`."""
    before = anchor.source.text[: anchor.start]
    line = before[before.rfind("\n") + 1 :]
    if line.strip():
        return " " if anchor.source.syntax is Syntax.JSON or line.strip(" -") else "\n" + " " * len(line)
    return ("\r\n" if before.endswith("\r\n" + line) else "\n") + line


def _indented_json(node: Node, value: Any) -> str:
    """Plain data as JSON, indented like the file if `node` spans several lines."""
    text = node.source.text
    if isinstance(value, str) or "\n" not in text[node.start : node.end]:
        return _json_literal(node, value)
    line = text[text.rfind("\n", 0, node.start) + 1 :]
    base = line[: len(line) - len(line.lstrip(" \t"))]
    step = _indentation_step(text)
    lines = _json_literal(node, value, step).split("\n")
    return ("\r\n" if "\r\n" in text else "\n").join([lines[0], *(base + later_line for later_line in lines[1:])])


def _indentation_step(text: str) -> str:
    """The indentation of the first indented line; two spaces if there is none."""
    match = re.search(r"\n([ \t]+)\S", text)
    return match[1] if match else "  "


def _remove_from_block(parent: Node, spans: list[tuple[Node, Node]], at: int) -> Edits:
    """Remove an item or pair of a block collection, with its lines."""
    text = parent.source.text
    if len(spans) == 1:
        return ()  # the rest would be null, not an empty collection
    start = text.rfind("\n", 0, spans[at][0].start) + 1
    lead = text[start : spans[at][0].start]
    if at + 1 < len(spans):
        follower = spans[at + 1][0].start
        if lead.strip(" -"):
            return ()
        if parent.kind is NodeKind.MAP and lead.strip():  # `- Sid: a`: the dash belongs to the item
            return _edit(parent, spans[at][0].start, follower, "")
        return _edit(parent, start, text.rfind("\n", 0, follower) + 1, "")
    end = _content_end(spans[at][1])
    line_end = text.find("\n", max(end - 1, 0))
    return _edit(parent, start, len(text) if line_end < 0 else line_end + 1, "")


def _content_end(node: Node) -> int:
    """The end of the last text in a node. A block collection itself ends where the next token begins."""
    children = [*node.items, *(value for _, value in node.pairs)]
    is_alias = bool(children) and not node.start <= children[-1].start < node.end
    if children and not _is_flow(node) and not is_alias:
        return _content_end(children[-1])
    written = node.source.text[node.start : node.end]
    return node.start + len(written.rstrip() if is_alias else written.rstrip(" \t"))
