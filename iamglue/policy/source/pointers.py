"""JSON pointers (RFC 6901) to the nodes of a document."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from iamglue.policy.source.nodes import Node

_MANY = 16


class JsonPointers:
    """The pointers of a document's nodes, all computed at the first call."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._pointers: dict[int, str] | None = None

    def pointer_to(self, node: Node) -> str:
        """The pointer of a node; for a key that of its value. Empty for the root and for a node outside the document.

        A node that occurs several times, such as an anchor, has the pointer of its first occurrence.
        """
        if self._pointers is None:
            self._pointers = {}
            for descendant, pointer in _walk(self._root):
                self._pointers.setdefault(id(descendant), pointer)
        return self._pointers.get(id(node), "")


def pointer_at(root: Node, start: int, end: int) -> str:
    """The pointer of the innermost value around a part of the text of `root`; of a key, the pointer of its value."""
    pointer, node = "", root
    while True:
        starts, members = _members(node)
        # Members are in the order of the text but for anchors, which stand elsewhere.
        before = max(bisect_right(starts, start) - 1, 0)
        near = members[before : before + 1] if len(members) > _MANY else ()
        for name, key, value in chain(near, members):
            if any(part.start <= start and end <= part.end for part in (key, value) if part is not None):
                pointer, node = f"{pointer}/{name}", value
                break
        else:
            return pointer


@lru_cache(maxsize=128)
def _members(node: Node) -> tuple[tuple[int, ...], tuple[tuple[str, Node | None, Node], ...]]:
    """Where the values of a list or map begin, and each value with its name in a pointer and its key."""
    members: list[tuple[str, Node | None, Node]] = [(str(index), None, item) for index, item in enumerate(node.items)]
    members += [(escape_pointer(key.text), key, value) for key, value in node.pairs]
    return tuple((key or value).start for _, key, value in members), tuple(members)


def escape_pointer(name: str) -> str:
    """A key as a part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def _walk(root: Node) -> Iterator[tuple[Node, str]]:
    """Every node below the root, keys included, with its pointer, in the order of the text."""
    pending = [(root, "")]
    while pending:
        node, pointer = pending.pop()
        yield node, pointer
        inner = [(item, f"{pointer}/{index}") for index, item in enumerate(node.items)]
        for key, value in node.pairs:
            name = escape_pointer(key.text)
            yield key, f"{pointer}/{name}"
            inner.append((value, f"{pointer}/{name}"))
        pending += reversed(inner)
