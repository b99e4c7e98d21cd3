"""The values of Terraform expressions as nodes: what is known of them, and how they are built."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import ReadOnlySourceText, SourceText
from iamglue.readers.terraform.string_templates import unresolved_parameter
from iamglue.readers.terraform.template_source import TemplateSourceText

# Tags of UNKNOWN nodes: any number of items of a list, and an expression that Terraform refuses (a missing key).
UNKNOWN_ITEMS = "tag:yaml.org,2002:seq"
INVALID = "tag:yaml.org,2002:null"
# Names of resources and values of `--set` have no location of their own: they get that of the reference.
GENERATED_SOURCE = ReadOnlySourceText(SourceText("", ""))


def is_resolved_text(node: Node) -> bool:
    """Whether a node is a text, number or Boolean without unknown parts."""
    return node.kind is NodeKind.SCALAR and not node.unresolved and not node.is_null


def has_known_items(node: Node) -> bool:
    """Whether a node is a list of which every item is there."""
    return node.kind is NodeKind.LIST and all(item.tag != UNKNOWN_ITEMS for item in node.items)


def has_known_keys(node: Node) -> bool:
    """Whether a node is a map of which every key is known."""
    return node.kind is NodeKind.MAP and not any(key.unresolved for key, _ in node.pairs)


def is_invalid(node: Node) -> bool:
    """Whether Terraform refuses the expression of a node."""
    return node.kind is NodeKind.UNKNOWN and node.tag == INVALID


def truth(node: Node) -> bool | None:
    """The value of a condition; None if it is not known."""
    return {"true": True, "false": False}.get(node.text) if is_resolved_text(node) else None


def integer(node: Node) -> int | None:
    """The value of a whole number; None if it is not known or is another value."""
    text = node.text if is_resolved_text(node) else ""
    return int(text) if text.removeprefix("-").isdecimal() and text.isascii() and len(text) < 10 else None


def are_equal(left: Node, right: Node) -> bool | None:
    """Whether two values are equal; None if that is not known."""
    if left.is_null or right.is_null:
        other = right if left.is_null else left
        return None if other.kind is NodeKind.UNKNOWN else other.is_null
    if is_resolved_text(left) and is_resolved_text(right):
        return left.text == right.text if left.plain == right.plain or left.text != right.text else None
    if has_known_items(left) and has_known_items(right):
        return _all_equal(left.items, right.items)
    if NodeKind.MAP in (left.kind, right.kind) and left.kind is right.kind and not (left.pairs and right.pairs):
        return not left.pairs and not right.pairs
    return None


def _all_equal(left: tuple[Node, ...], right: tuple[Node, ...]) -> bool | None:
    """Whether two lists of items are equal; None if no pair is known to differ, and some may."""
    if len(left) != len(right):
        return False
    results = [are_equal(first, second) for first, second in zip(left, right, strict=True)]
    return False if False in results else None if None in results else True


def is_empty(node: Node) -> bool:
    """Whether a value is null, an empty text, an empty list or an empty map."""
    if node.kind is NodeKind.SCALAR:
        return node.is_null or not node.text
    return node.kind is not NodeKind.UNKNOWN and not node.items and not node.pairs


def is_undecided(node: Node) -> bool:
    """Whether a value, or a part of its text, is not known."""
    return node.kind is NodeKind.UNKNOWN or node.unresolved


def json_text(node: Node) -> str:
    """The JSON text of a value, with parameters for what is not known."""
    return json.dumps(_data(node), ensure_ascii=False)


def _data(node: Node) -> object:
    """The JSON data of a value; a parameter as text for what is not known."""
    if node.kind is NodeKind.LIST:
        return [_data(item) for item in node.items]
    if node.kind is NodeKind.MAP:
        return {key.text: _data(value) for key, value in node.pairs}
    if node.kind is NodeKind.UNKNOWN:
        return unresolved_parameter(node.text)
    if node.plain and (node.is_null or node.text in ("true", "false")):
        return {"true": True, "false": False}.get(node.text)
    number = integer(node) if node.plain else None
    return node.text if number is None else number


def alternatives(node: Node) -> Iterator[Node]:
    """The values that a node can have: both branches of a condition that is not known, else the node itself."""
    if node.kind is NodeKind.UNKNOWN and node.items:
        for branch in node.items:
            yield from alternatives(branch)
    else:
        yield node


def read_only_source(source: SourceText) -> SourceText:
    """The source for nodes that fixes must not edit."""
    if not source.is_editable:
        return source
    if isinstance(source, TemplateSourceText):
        return TemplateSourceText(read_only_source(source.outer), source.interpolate)
    return ReadOnlySourceText(source)


def read_only_node(node: Node) -> Node:
    """A node that fixes cannot edit: a fix of one use of a value would also change its other uses."""
    if not node.items and not node.pairs and not node.source.is_editable:
        return node
    sources: dict[int, SourceText] = {}
    return _read_only(node, sources)


def _read_only(node: Node, sources: dict[int, SourceText]) -> Node:
    """The node and its parts with read-only sources; `sources` has those made so far, by the id of the original."""
    source = sources.setdefault(id(node.source), node.source)
    if source is node.source and source.is_editable:
        source = sources[id(node.source)] = read_only_source(source)
    return replace(
        node,
        source=source,
        items=tuple(_read_only(item, sources) for item in node.items),
        pairs=tuple((_read_only(key, sources), _read_only(value, sources)) for key, value in node.pairs),
    )


class ValueFactory:
    """Builds the values that an expression computes, with the location of the expression; fixes cannot edit them."""

    def __init__(self, source: SourceText, span: tuple[int, int]) -> None:
        self.source = read_only_source(source)
        self.span = span

    def text(self, text: str, *, unresolved: bool = False) -> Node:
        """A text."""
        return Node(NodeKind.SCALAR, self.source, *self.span, text, unresolved=unresolved)

    def plain(self, value: bool | int) -> Node:
        """A Boolean or a number."""
        return Node(NodeKind.SCALAR, self.source, *self.span, str(value).lower(), plain=True)

    def null(self) -> Node:
        """Null."""
        return Node(NodeKind.SCALAR, self.source, *self.span, "null", plain=True)

    def list(self, items: Iterable[Node]) -> Node:
        """A list."""
        return Node(NodeKind.LIST, self.source, *self.span, items=tuple(items))

    def map(self, pairs: Mapping[str, Node] | Iterable[tuple[Node, Node]]) -> Node:
        """A map; later keys replace earlier ones."""
        if isinstance(pairs, Mapping):
            pairs = [(self.text(key), value) for key, value in pairs.items()]
        by_key = {key.text: (key, value) for key, value in pairs}
        return Node(NodeKind.MAP, self.source, *self.span, pairs=tuple(by_key.values()))

    def unknown(self, text: str, tag: str | None = None) -> Node:
        """A value that is not known before deployment."""
        return Node(NodeKind.UNKNOWN, self.source, *self.span, text, tag=tag)
