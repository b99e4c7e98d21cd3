"""Edits that add or remove brackets around a value and leave the text between them unchanged.

They change only the edges, so that other edits may change the text inside at the same time.
"""

from __future__ import annotations

from iamglue.policy.source.edits import Edit, Edits
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import Syntax


def wrap_node(node: Node, before: str, after: str) -> Edits:
    """Insert text before and after a value; () if the value is not delimited by brackets."""
    return _surround(node, before, node, after) if is_bracketed(node) else ()


def wrap_pairs(node: Node, first: int, last: int, before: str, after: str) -> Edits:
    """Insert text before and after the pairs of a map from index `first` to index `last`."""
    return _surround(node.pairs[first][0], before, node.pairs[last][1], after) if is_bracketed(node) else ()


def unwrap_list(node: Node) -> Edits:
    """Remove the brackets of a list with one item."""
    if node.kind is not NodeKind.LIST or len(node.items) != 1 or not is_bracketed(node):
        return ()
    source = node.source
    start, end = source.file_offset(node.start), source.file_offset(node.end - 1)
    return (Edit(start, start + 1, ""), Edit(end, end + 1, ""))


def nest_under_key(node: Node, lines: tuple[str, ...]) -> Edits:
    """Insert lines above a YAML block list; the last of them is the key that then contains it."""
    text = node.source.text
    line = text.rfind("\n", 0, node.start) + 1
    indent = text[line : node.start]
    if (
        node.kind is not NodeKind.LIST
        or not _is_editable_block(node)
        or indent.strip(" ")
        or _is_below(text[:line], indent)
    ):
        return ()
    ending = "\r\n" if "\r\n" in text else "\n"
    start = node.source.file_offset(node.start)
    return (Edit(start, start, "".join(f"{new_line}{ending}{indent}" for new_line in lines)),)


def is_bracketed(node: Node) -> bool:
    """Whether a map or list is written with brackets and can be edited."""
    return (
        node.source.is_editable
        and node.source.syntax is not Syntax.HCL
        and node.source.text[node.start : node.start + 1] in ("{", "[")
    )


def _surround(first: Node, before: str, last: Node, after: str) -> Edits:
    """Insert text before one node and after another."""
    start, end = first.source.file_offset(first.start), last.source.file_offset(last.end)
    return (Edit(start, start, before), Edit(end, end, after))


def _is_editable_block(node: Node) -> bool:
    """Whether a YAML collection is written in block style and can be edited."""
    return node.source.is_editable and node.source.syntax is Syntax.YAML and not is_bracketed(node)


def _is_below(before: str, indent: str) -> bool:
    """Whether the list is under a key that is not indented less: a key above the list would be its sibling."""
    above = next((line for line in reversed(before.split("\n")) if line.strip() and line.lstrip()[0] != "#"), "---")
    return above.strip() != "---" and len(above) - len(above.lstrip(" ")) >= len(indent)
