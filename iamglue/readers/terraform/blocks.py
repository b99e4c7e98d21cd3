"""The blocks of a Terraform configuration, whether it is written in HCL or in JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import SourceText
from iamglue.readers.terraform.expressions import ExpressionReader, json_value_node
from iamglue.readers.terraform.hcl_tree import HclTree, child_trees_by_rule, first_identifier, is_tree, tree_span
from iamglue.readers.terraform.scope import TerraformScope

NodePair = tuple[Node, Node]


class TerraformBlock(Protocol):
    """A block: `labels` are the texts behind its name, `place` is what a finding about it points at."""

    labels: tuple[str, ...]
    location_node: Node

    def attribute(self, name: str) -> NodePair | None:
        """An attribute's name and value; None where it is not set, or set to null."""

    def blocks(self, name: str) -> tuple[TerraformBlock, ...]:
        """The blocks of that name in this one."""

    def has_dynamic_blocks(self, name: str) -> bool:
        """Whether more blocks of that name are made at deployment."""


def attribute_value(block: TerraformBlock, name: str) -> Node | None:
    """The value of an attribute, or None."""
    found = block.attribute(name)
    return None if found is None else found[1]


class HclBlock:
    """A block of HCL; values are read when they are asked for."""

    def __init__(self, tree: HclTree, values: ExpressionReader) -> None:
        self._values = values
        words = [each for each in tree.children if is_tree(each) and each.data not in ("body", "new_line_or_comment")]
        self.kind = first_identifier(words[0])
        self.labels = tuple(_label(each) for each in words[1:])
        self.location_node = Node(NodeKind.MAP, values.origin, *tree_span(tree))
        self.header = Node(NodeKind.SCALAR, values.origin, tree_span(words[0])[0], tree_span(words[-1])[1], self.kind)
        self._body = child_trees_by_rule(tree, "body")[0]
        self._known: dict[str, NodePair | None] = {}
        self._trees: dict[str, HclTree] | None = None

    def attributes(self) -> Iterator[tuple[str, HclTree]]:
        """Every attribute's name and tree."""
        for each in child_trees_by_rule(self._body, "attribute"):
            yield first_identifier(each), each

    def attribute(self, name: str) -> NodePair | None:
        """An attribute's name and value."""
        if self._trees is None:  # of an attribute that stands twice, the first
            self._trees = dict(reversed(list(self.attributes())))
        if name not in self._known:
            found = self._trees.get(name)
            self._known[name] = None if found is None else self._read(found, name)
        return self._known[name]

    def read_value(self, tree: HclTree) -> Node:
        """The value of an attribute's tree."""
        return self._values.read(tree.children[-1])

    def _read(self, tree: HclTree, name: str) -> NodePair | None:
        start = tree_span(tree)[0]
        key = Node(NodeKind.SCALAR, self._values.origin, start, start + len(name), name, plain=True)
        found = self.read_value(tree)
        return None if found.is_null else (key, found)

    def _all(self) -> Iterator[HclBlock]:
        for each in child_trees_by_rule(self._body, "block"):
            yield HclBlock(each, self._values)

    def blocks(self, name: str) -> tuple[HclBlock, ...]:
        """The blocks of that name in this one."""
        return tuple(each for each in self._all() if each.kind == name)

    def has_dynamic_blocks(self, name: str) -> bool:
        """Whether there is a `dynamic` block of that name."""
        return any(each.kind == "dynamic" and each.labels == (name,) for each in self._all())


def hcl_blocks(tree: HclTree, origin: SourceText, scope: TerraformScope) -> tuple[HclBlock, ...]:
    """The blocks of a file; the locals among them are made known to `scope`."""
    values = ExpressionReader(origin, scope)
    found = tuple(HclBlock(each, values) for each in child_trees_by_rule(child_trees_by_rule(tree, "body")[0], "block"))
    for block in found:
        if block.kind == "locals":
            for key, each in block.attributes():
                scope.locals.setdefault(key, lambda block=block, each=each: block.read_value(each))  # type: ignore[misc]
    return found


def _label(tree: HclTree) -> str:
    return (
        "".join(first_identifier(each) for each in child_trees_by_rule(tree, "string_part"))
        if tree.data == "string"
        else first_identifier(tree)
    )


class JsonBlock:
    """A block as a map of JSON: of a .tf.json file, whose texts are templates, or of a plan (no `scope`)."""

    def __init__(self, node: Node, labels: tuple[str, ...], scope: TerraformScope | None = None) -> None:
        self.location_node = node
        self.labels = labels
        self.scope = scope

    def attribute(self, name: str) -> NodePair | None:
        """An attribute's name and value."""
        key, found = self.location_node.key(name), self.location_node.get(name)
        if key is None or found is None or found.is_null:
            return None
        return key, found if self.scope is None else json_value_node(found, self.scope)

    def blocks(self, name: str) -> tuple[JsonBlock, ...]:
        """The maps under that name."""
        return tuple(JsonBlock(each, (), self.scope) for each in block_maps(self.location_node.get(name)))

    def has_dynamic_blocks(self, name: str) -> bool:
        """Whether there is a `dynamic` block of that name."""
        return any(each.get(name) is not None for each in block_maps(self.location_node.get("dynamic")))


def block_maps(node: Node | None) -> tuple[Node, ...]:
    """A map, or the maps of a list: JSON may write one block as either."""
    if node is None:
        return ()
    return tuple(each for each in (node.items if node.kind is NodeKind.LIST else (node,)) if each.kind is NodeKind.MAP)


def json_blocks(root: Node, kind: str, depth: int, scope: TerraformScope) -> Iterator[JsonBlock]:
    """The blocks of a kind (`resource`) with their `depth` labels, each a key of the maps in each other."""
    found: list[tuple[tuple[str, ...], Node]] = [((), each) for each in block_maps(root.get(kind))]
    for _ in range(depth):
        found = [
            ((*labels, key.text), each) for labels, node in found for key, of in node.pairs for each in block_maps(of)
        ]
    for labels, node in found:
        yield JsonBlock(node, labels, scope)


def add_json_locals(root: Node, scope: TerraformScope) -> None:
    """Makes the locals of a .tf.json file known to `scope`."""
    for node in block_maps(root.get("locals")):
        for key, of in node.pairs:
            scope.locals.setdefault(key.text, lambda of=of: json_value_node(of, scope))  # type: ignore[misc]
