"""Nodes of documents that a file does not write out: statements that a service makes of a resource's properties."""

from __future__ import annotations

from iamglue.policy.model import VERSION_2012
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import ReadOnlySourceText


class NodeFactory:
    """Makes nodes that stand where `place` does."""

    def __init__(self, place: Node) -> None:
        self._place = place
        self._origin = ReadOnlySourceText(place.source)

    def text(self, text: str, at: Node | None = None, *, holes: bool = False) -> Node:
        """A text, at the place of a node that it was made of."""
        place = self._place if at is None else at
        origin = ReadOnlySourceText(place.source)
        return Node(NodeKind.SCALAR, origin, place.start, place.end, text, unresolved=holes)

    def map(self, *pairs: tuple[Node | str, Node | None]) -> Node:
        """A map of the pairs that have a value."""
        made = tuple((self.text(key) if isinstance(key, str) else key, of) for key, of in pairs if of is not None)
        return Node(NodeKind.MAP, self._origin, self._place.start, self._place.end, pairs=made)

    def document(self, statements: Node) -> Node:
        """A whole document of statements."""
        return self.map(("Version", self.text(VERSION_2012)), ("Statement", statements))

    def list(self, *items: Node) -> Node:
        """A list."""
        return Node(NodeKind.LIST, self._origin, self._place.start, self._place.end, items=items)
