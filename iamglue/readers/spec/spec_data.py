"""Converts a spec's node tree to plain data for validation, and finds the node at a path in that data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from iamglue.errors import IamglueError
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.yaml_reader import is_merge_key


class MissingValue:
    """Placeholder for a missing value: no schema accepts it, so it is an error everywhere."""


SpecData = str | MissingValue | list["SpecData"] | dict[str, "SpecData"]

# pydantic ends a path with this to mean the key rather than its value.
KEY_STEP = "[key]"


class UnquotedText(str):
    """A text without quotes: only such a text can be `true`, `false` or a number."""

    __slots__ = ()


def without_invalid_keys(node: Node) -> Node:
    """Remove keys that the YAML reader already reported: keys that are not text, merge keys and duplicate keys."""
    if node.kind is NodeKind.LIST:
        return replace(node, items=tuple(without_invalid_keys(item) for item in node.items))
    if node.kind is NodeKind.SCALAR:
        return node
    pairs: dict[str, tuple[Node, Node]] = {}
    for key, value in node.pairs:
        if key.kind is NodeKind.SCALAR and not is_merge_key(key):
            pairs.setdefault(key.text, (key, without_invalid_keys(value)))
    return replace(node, pairs=tuple(pairs.values()))


def spec_data(node: Node) -> SpecData:
    """Convert a node to dicts, lists and strings."""
    if node.kind is NodeKind.LIST:
        return [spec_data(item) for item in node.items]
    if node.kind is NodeKind.MAP:
        return {key.text: spec_data(value) for key, value in node.pairs}
    if node.is_null:
        return MissingValue()
    return UnquotedText(node.text) if node.plain else node.text


def tag_problems(root: Node) -> list[IamglueError]:
    """Return an error for every YAML tag (`!Sub`, `!!python/...`): specs have no tags, and none is ever evaluated."""
    return [
        IamglueError(
            f"the tag `{node.tag}` is not allowed: a spec has no YAML tags",
            hint='if the text itself begins with `!`, quote it: "!..."',
            location=node.location,
        )
        for node in root.walk()
        if node.tag is not None
    ]


class NodeLocator:
    """Finds the node at a path in the data; the keys of each mapping are indexed once."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._indexes: dict[int, dict[str, tuple[Node, Node]]] = {}

    def find_node(self, path: Sequence[int | str]) -> Node:
        """Return the node at a path, or its nearest ancestor. Steps that only pydantic uses are skipped."""
        node = self._root
        for step, following in zip(path, [*path[1:], None], strict=True):
            if isinstance(step, int):
                node = node.items[step] if node.kind is NodeKind.LIST and step < len(node.items) else node
            elif node.kind is NodeKind.MAP:
                key, value = self._index(node).get(step, (node, node))
                if following == KEY_STEP:
                    return key
                node = value
        return node

    def _index(self, node: Node) -> dict[str, tuple[Node, Node]]:
        """Return the keys and values of a mapping by the text of the key."""
        if id(node) not in self._indexes:
            self._indexes[id(node)] = {key.text: (key, value) for key, value in node.pairs}
        return self._indexes[id(node)]


def without_nodes(node: Node, removed_ids: set[int]) -> Node:
    """Return the tree without the list items, and the keys with their values, whose `id()` is in `removed_ids`."""
    if node.kind is NodeKind.LIST:
        return replace(
            node, items=tuple(without_nodes(item, removed_ids) for item in node.items if id(item) not in removed_ids)
        )
    if node.kind is NodeKind.MAP:
        pairs = tuple(
            (key, without_nodes(value, removed_ids)) for key, value in node.pairs if id(key) not in removed_ids
        )
        return replace(node, pairs=pairs)
    return node
