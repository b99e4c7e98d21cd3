"""A spec's node tree as plain data for validation, and the way back from a place in the data to its node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from iamglue.errors import IamglueError
from iamglue.policy.source.nodes import Node, NodeKind, is_merge_key


class MissingValue:
    """What stands where a value is missing: no type takes it, so that it is an error everywhere."""


SpecData = str | MissingValue | list["SpecData"] | dict[str, "SpecData"]

# What pydantic puts at the end of a place to mean the key rather than its value.
KEY_STEP = "[key]"


class UnquotedText(str):
    """A text that stands without quotes: only such a one can be `true`, `false` or a number."""

    __slots__ = ()


def without_invalid_keys(node: Node) -> Node:
    """The tree without what the reader has already refused: keys that are no text, merge keys, keys said again."""
    if node.kind is NodeKind.LIST:
        return replace(node, items=tuple(without_invalid_keys(item) for item in node.items))
    if node.kind is NodeKind.SCALAR:
        return node
    kept: dict[str, tuple[Node, Node]] = {}
    for key, value in node.pairs:
        if key.kind is NodeKind.SCALAR and not is_merge_key(key):
            kept.setdefault(key.text, (key, without_invalid_keys(value)))
    return replace(node, pairs=tuple(kept.values()))


def spec_data(node: Node) -> SpecData:
    """The node as dicts, lists and texts."""
    if node.kind is NodeKind.LIST:
        return [spec_data(item) for item in node.items]
    if node.kind is NodeKind.MAP:
        return {key.text: spec_data(value) for key, value in node.pairs}
    if node.is_null:
        return MissingValue()
    return UnquotedText(node.text) if node.plain else node.text


def tag_problems(root: Node) -> list[IamglueError]:
    """An error for every tag (`!Sub`, `!!python/...`): a spec has no use for them, and none is ever obeyed."""
    return [
        IamglueError(
            f"a spec has no tags: `{node.tag}`",
            hint='where the text itself begins with `!`, quote it: "!..."',
            location=node.location,
        )
        for node in root.walk()
        if node.tag is not None
    ]


class NodeLocator:
    """Finds the node at a place of the data; each mapping's keys are indexed once, however many errors it has."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._indexes: dict[int, dict[str, tuple[Node, Node]]] = {}

    def find_node(self, place: Sequence[int | str]) -> Node:
        """The node there, or the nearest one above it; steps that pydantic alone knows are passed over."""
        node = self._root
        for step, following in zip(place, [*place[1:], None], strict=True):
            if isinstance(step, int):
                node = node.items[step] if node.kind is NodeKind.LIST and step < len(node.items) else node
            elif node.kind is NodeKind.MAP:
                key, value = self._index(node).get(step, (node, node))
                if following == KEY_STEP:
                    return key
                node = value
        return node

    def _index(self, node: Node) -> dict[str, tuple[Node, Node]]:
        if id(node) not in self._indexes:
            self._indexes[id(node)] = {key.text: (key, value) for key, value in node.pairs}
        return self._indexes[id(node)]


def without_nodes(node: Node, dropped: set[int]) -> Node:
    """The tree without the list items, and the keys with their values, whose `id` is in `dropped`."""
    if node.kind is NodeKind.LIST:
        return replace(
            node, items=tuple(without_nodes(item, dropped) for item in node.items if id(item) not in dropped)
        )
    if node.kind is NodeKind.MAP:
        kept = tuple((key, without_nodes(value, dropped)) for key, value in node.pairs if id(key) not in dropped)
        return replace(node, pairs=kept)
    return node
