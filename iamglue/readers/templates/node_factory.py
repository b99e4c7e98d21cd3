"""Builds nodes for statements that a service derives from a resource's properties."""

from __future__ import annotations

from typing import Any

from iamglue.policy.model import VERSION_2012
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import ReadOnlySourceText


class NodeFactory:
    """Builds nodes with the location of `location`, which fixes cannot edit."""

    def __init__(self, location: Node) -> None:
        self._location = location
        self._source = ReadOnlySourceText(location.source)

    def text(self, text: str, location_node: Node | None = None, *, unresolved: bool = False) -> Node:
        """A text with the location of the node that it derives from."""
        location = self._location if location_node is None else location_node
        source = ReadOnlySourceText(location.source)
        return Node(NodeKind.SCALAR, source, location.start, location.end, text, unresolved=unresolved)

    def map(self, *pairs: tuple[Node | str, Node | None]) -> Node:
        """A map of the pairs whose value is not None."""
        node_pairs = tuple(
            (self.text(key) if isinstance(key, str) else key, value) for key, value in pairs if value is not None
        )
        return Node(NodeKind.MAP, self._source, self._location.start, self._location.end, pairs=node_pairs)

    def document(self, statements: Node) -> Node:
        """A policy document with these statements."""
        return self.map(("Version", self.text(VERSION_2012)), ("Statement", statements))

    def data(self, data: Any) -> Node:
        """The node for plain data; nodes in the data stay as they are."""
        if isinstance(data, Node):
            return data
        if isinstance(data, dict):
            return self.map(*((key, self.data(value)) for key, value in data.items()))
        if isinstance(data, list):
            return self.list(*map(self.data, data))
        return self.text(str(data))

    def list(self, *items: Node) -> Node:
        """A list."""
        return Node(NodeKind.LIST, self._source, self._location.start, self._location.end, items=items)
