"""Brackets put round a value, or taken off it, with the text between them left as it stands.

The edits only touch the edges, so that others may change what is inside at the same time.
"""

from __future__ import annotations

from iamglue.policy.source.edits import Edit, Edits
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import Syntax


def wrap_node(node: Node, before: str, after: str) -> Edits:
    """The value with text before and behind it; none where brackets do not delimit values there."""
    return _inserted(node, before, node, after) if is_bracketed(node) else ()


def wrap_pairs(node: Node, first: int, last: int, before: str, after: str) -> Edits:
    """The pairs of a map from number `first` to number `last` with text before and behind them."""
    return _inserted(node.pairs[first][0], before, node.pairs[last][1], after) if is_bracketed(node) else ()


def unwrap_list(node: Node) -> Edits:
    """A list of one item without its brackets."""
    if node.kind is not NodeKind.LIST or len(node.items) != 1 or not is_bracketed(node):
        return ()
    origin = node.source
    start, end = origin.file_offset(node.start), origin.file_offset(node.end - 1)
    return (Edit(start, start + 1, ""), Edit(end, end + 1, ""))


def nest_under_key(node: Node, lines: tuple[str, ...]) -> Edits:
    """A block list of YAML with lines above it, the last of which is the key that it then stands under."""
    text = node.source.text
    line = text.rfind("\n", 0, node.start) + 1
    indent = text[line : node.start]
    if node.kind is not NodeKind.LIST or not _stands_alone(node) or indent.strip(" ") or _is_below(text[:line], indent):
        return ()
    ending = "\r\n" if "\r\n" in text else "\n"
    start = node.source.file_offset(node.start)
    return (Edit(start, start, "".join(f"{each}{ending}{indent}" for each in lines)),)


def is_bracketed(node: Node) -> bool:
    """Whether a map or list is written with brackets, and can be edited."""
    return (
        node.source.is_editable
        and node.source.syntax is not Syntax.HCL
        and node.source.text[node.start : node.start + 1] in ("{", "[")
    )


def _inserted(first: Node, before: str, last: Node, after: str) -> Edits:
    start, end = first.source.file_offset(first.start), last.source.file_offset(last.end)
    return (Edit(start, start, before), Edit(end, end, after))


def _stands_alone(node: Node) -> bool:
    return node.source.is_editable and node.source.syntax is Syntax.YAML and not is_bracketed(node)


def _is_below(before: str, indent: str) -> bool:
    """Whether the list stands under a key that is not indented less: a key put above it would be its sibling."""
    above = next((line for line in reversed(before.split("\n")) if line.strip() and line.lstrip()[0] != "#"), "---")
    return above.strip() != "---" and len(above) - len(above.lstrip(" ")) >= len(indent)
