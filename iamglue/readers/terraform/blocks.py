"""The blocks of a Terraform configuration, whether it is written in HCL or in JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from iamglue.policy.source.nodes import Node, Shape
from iamglue.policy.source.source_text import Origin
from iamglue.readers.terraform.hcl_text import Tree, is_tree, name, named, span
from iamglue.readers.terraform.scope import Scope
from iamglue.readers.terraform.values import Values, from_json

Pair = tuple[Node, Node]


class Block(Protocol):
    """A block: `labels` are the texts behind its name, `place` is what a finding about it points at."""

    labels: tuple[str, ...]
    place: Node

    def pair(self, name: str) -> Pair | None:
        """An attribute's name and value; None where it is not set, or set to null."""

    def blocks(self, name: str) -> tuple[Block, ...]:
        """The blocks of that name in this one."""

    def is_open(self, name: str) -> bool:
        """Whether more blocks of that name are made at deployment."""


def value(block: Block, name: str) -> Node | None:
    """The value of an attribute, or None."""
    found = block.pair(name)
    return None if found is None else found[1]


class HclBlock:
    """A block of HCL; values are read when they are asked for."""

    def __init__(self, tree: Tree, values: Values) -> None:
        self._values = values
        words = [each for each in tree.children if is_tree(each) and each.data not in ("body", "new_line_or_comment")]
        self.kind = name(words[0])
        self.labels = tuple(_label(each) for each in words[1:])
        self.place = Node(Shape.MAP, values.origin, *span(tree))
        self.header = Node(Shape.SCALAR, values.origin, span(words[0])[0], span(words[-1])[1], self.kind)
        self._body = named(tree, "body")[0]
        self._known: dict[str, Pair | None] = {}
        self._trees: dict[str, Tree] | None = None

    def attributes(self) -> Iterator[tuple[str, Tree]]:
        """Every attribute's name and tree."""
        for each in named(self._body, "attribute"):
            yield name(each), each

    def pair(self, name: str) -> Pair | None:
        """An attribute's name and value."""
        if self._trees is None:  # of an attribute that stands twice, the first
            self._trees = dict(reversed(list(self.attributes())))
        if name not in self._known:
            found = self._trees.get(name)
            self._known[name] = None if found is None else self._read(found, name)
        return self._known[name]

    def read(self, tree: Tree) -> Node:
        """The value of an attribute's tree."""
        return self._values.value(tree.children[-1])

    def _read(self, tree: Tree, name: str) -> Pair | None:
        start = span(tree)[0]
        key = Node(Shape.SCALAR, self._values.origin, start, start + len(name), name, plain=True)
        found = self.read(tree)
        return None if found.is_null else (key, found)

    def _all(self) -> Iterator[HclBlock]:
        for each in named(self._body, "block"):
            yield HclBlock(each, self._values)

    def blocks(self, name: str) -> tuple[HclBlock, ...]:
        """The blocks of that name in this one."""
        return tuple(each for each in self._all() if each.kind == name)

    def is_open(self, name: str) -> bool:
        """Whether there is a `dynamic` block of that name."""
        return any(each.kind == "dynamic" and each.labels == (name,) for each in self._all())


def hcl_blocks(tree: Tree, origin: Origin, scope: Scope) -> tuple[HclBlock, ...]:
    """The blocks of a file; the locals among them are made known to `scope`."""
    values = Values(origin, scope)
    found = tuple(HclBlock(each, values) for each in named(named(tree, "body")[0], "block"))
    for block in found:
        if block.kind == "locals":
            for key, each in block.attributes():
                scope.locals.setdefault(key, lambda block=block, each=each: block.read(each))  # type: ignore[misc]
    return found


def _label(tree: Tree) -> str:
    return "".join(name(each) for each in named(tree, "string_part")) if tree.data == "string" else name(tree)


class JsonBlock:
    """A block as a map of JSON: of a .tf.json file, whose texts are templates, or of a plan (no `scope`)."""

    def __init__(self, node: Node, labels: tuple[str, ...], scope: Scope | None = None) -> None:
        self.place = node
        self.labels = labels
        self.scope = scope

    def pair(self, name: str) -> Pair | None:
        """An attribute's name and value."""
        key, found = self.place.key(name), self.place.get(name)
        if key is None or found is None or found.is_null:
            return None
        return key, found if self.scope is None else from_json(found, self.scope)

    def blocks(self, name: str) -> tuple[JsonBlock, ...]:
        """The maps under that name."""
        return tuple(JsonBlock(each, (), self.scope) for each in maps(self.place.get(name)))

    def is_open(self, name: str) -> bool:
        """Whether there is a `dynamic` block of that name."""
        return any(each.get(name) is not None for each in maps(self.place.get("dynamic")))


def maps(node: Node | None) -> tuple[Node, ...]:
    """A map, or the maps of a list: JSON may write one block as either."""
    if node is None:
        return ()
    return tuple(each for each in (node.items if node.shape is Shape.LIST else (node,)) if each.shape is Shape.MAP)


def json_blocks(root: Node, kind: str, depth: int, scope: Scope) -> Iterator[JsonBlock]:
    """The blocks of a kind (`resource`) with their `depth` labels, each a key of the maps in each other."""
    found: list[tuple[tuple[str, ...], Node]] = [((), each) for each in maps(root.get(kind))]
    for _ in range(depth):
        found = [((*labels, key.text), each) for labels, node in found for key, of in node.pairs for each in maps(of)]
    for labels, node in found:
        yield JsonBlock(node, labels, scope)


def json_locals(root: Node, scope: Scope) -> None:
    """Makes the locals of a .tf.json file known to `scope`."""
    for node in maps(root.get("locals")):
        for key, of in node.pairs:
            scope.locals.setdefault(key.text, lambda of=of: from_json(of, scope))  # type: ignore[misc]
