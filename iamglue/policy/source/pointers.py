"""JSON pointers (RFC 6901) into a document: where each of its nodes stands."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.policy.source.nodes import Node


class JsonPointers:
    """The pointers of a document's nodes; all are worked out when the first one is asked for."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._known: dict[int, str] | None = None

    def pointer_to(self, node: Node) -> str:
        """The pointer of a node, that of its value for a key; empty for the root and for what is not in the document.

        A node that stands in several places, as an anchor's does, has the pointer of the first.
        """
        if self._known is None:
            self._known = {}
            for found, pointer in _walk(self._root):
                self._known.setdefault(id(found), pointer)
        return self._known.get(id(node), "")


def _walk(root: Node) -> Iterator[tuple[Node, str]]:
    todo = [(root, "")]
    while todo:
        node, pointer = todo.pop()
        yield node, pointer
        inner = [(item, f"{pointer}/{at}") for at, item in enumerate(node.items)]
        for key, value in node.pairs:
            name = key.text.replace("~", "~0").replace("/", "~1")
            yield key, f"{pointer}/{name}"
            inner.append((value, f"{pointer}/{name}"))
        todo += reversed(inner)
