"""The blocks of a Terraform configuration in HCL or JSON syntax."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Protocol

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import SourceText
from iamglue.readers.terraform.expressions import ExpressionReader, json_value_node
from iamglue.readers.terraform.hcl_tree import HclTree, child_trees_by_rule, first_identifier, is_tree, tree_span
from iamglue.readers.terraform.scope import TerraformScope

NodePair = tuple[Node, Node]


class TerraformBlock(Protocol):
    """A block: `labels` are the texts after its type, `location_node` is the location for findings."""

    labels: tuple[str, ...]
    location_node: Node

    def attribute(self, name: str) -> NodePair | None:
        """The name and value nodes of an attribute; None if it is not set, or null."""

    def blocks(self, name: str) -> tuple[TerraformBlock, ...]:
        """The nested blocks with this name."""

    def has_dynamic_blocks(self, name: str) -> bool:
        """Whether deployment creates more nested blocks with this name."""


def attribute_value(block: TerraformBlock, name: str) -> Node | None:
    """The value of an attribute, or None."""
    pair = block.attribute(name)
    return None if pair is None else pair[1]


class HclBlock:
    """A block in HCL; attribute values are read on first use."""

    def __init__(self, tree: HclTree, values: ExpressionReader) -> None:
        self._values = values
        words = [
            child for child in tree.children if is_tree(child) and child.data not in ("body", "new_line_or_comment")
        ]
        self.kind = first_identifier(words[0])
        self.labels = tuple(_label(child) for child in words[1:])
        self.location_node = Node(NodeKind.MAP, values.source, *tree_span(tree))
        self.header = Node(NodeKind.SCALAR, values.source, tree_span(words[0])[0], tree_span(words[-1])[1], self.kind)
        self._body = child_trees_by_rule(tree, "body")[0]
        self._pairs: dict[str, NodePair | None] = {}
        self._trees: dict[str, HclTree] | None = None

    def attributes(self) -> Iterator[tuple[str, HclTree]]:
        """The names and trees of all attributes."""
        for attribute in child_trees_by_rule(self._body, "attribute"):
            yield first_identifier(attribute), attribute

    def attribute(self, name: str) -> NodePair | None:
        """An attribute's name and value."""
        if self._trees is None:  # the first of duplicate attributes is used
            self._trees = dict(reversed(list(self.attributes())))
        if name not in self._pairs:
            tree = self._trees.get(name)
            self._pairs[name] = None if tree is None else self._read(tree, name)
        return self._pairs[name]

    def read_value(self, tree: HclTree) -> Node:
        """The value node of an attribute's tree."""
        return self._values.read(tree.children[-1])

    def _read(self, tree: HclTree, name: str) -> NodePair | None:
        start = tree_span(tree)[0]
        key = Node(NodeKind.SCALAR, self._values.source, start, start + len(name), name, plain=True)
        value = self.read_value(tree)
        return None if value.is_null else (key, value)

    def _child_blocks(self) -> Iterator[HclBlock]:
        for child in child_trees_by_rule(self._body, "block"):
            yield HclBlock(child, self._values)

    def blocks(self, name: str) -> tuple[HclBlock, ...]:
        """The blocks of that name in this one."""
        return tuple(block for block in self._child_blocks() if block.kind == name)

    def has_dynamic_blocks(self, name: str) -> bool:
        """Whether there is a `dynamic` block of that name."""
        return any(block.kind == "dynamic" and block.labels == (name,) for block in self._child_blocks())


def hcl_blocks(tree: HclTree, source: SourceText, scope: TerraformScope) -> tuple[HclBlock, ...]:
    """The blocks of a file; registers its locals in `scope`."""
    values = ExpressionReader(source, scope)
    body = child_trees_by_rule(tree, "body")[0]
    blocks = tuple(HclBlock(block_tree, values) for block_tree in child_trees_by_rule(body, "block"))
    for block in blocks:
        if block.kind == "locals":
            for key, value_tree in block.attributes():
                read = partial(block.read_value, value_tree)
                scope.locals.setdefault(key, read)
    return blocks


def _label(tree: HclTree) -> str:
    return (
        "".join(first_identifier(part) for part in child_trees_by_rule(tree, "string_part"))
        if tree.data == "string"
        else first_identifier(tree)
    )


class JsonBlock:
    """A block in JSON: of a .tf.json file, whose texts are templates, or of a plan (`scope` is None)."""

    def __init__(self, node: Node, labels: tuple[str, ...], scope: TerraformScope | None = None) -> None:
        self.location_node = node
        self.labels = labels
        self.scope = scope

    def attribute(self, name: str) -> NodePair | None:
        """An attribute's name and value."""
        key, value = self.location_node.key(name), self.location_node.get(name)
        if key is None or value is None or value.is_null:
            return None
        return key, value if self.scope is None else json_value_node(value, self.scope)

    def blocks(self, name: str) -> tuple[JsonBlock, ...]:
        """The nested blocks with this name."""
        return tuple(JsonBlock(node, (), self.scope) for node in block_maps(self.location_node.get(name)))

    def has_dynamic_blocks(self, name: str) -> bool:
        """Whether there is a `dynamic` block of that name."""
        return any(node.get(name) is not None for node in block_maps(self.location_node.get("dynamic")))


def block_maps(node: Node | None) -> tuple[Node, ...]:
    """The maps in a node: JSON allows a single block to be a map or a list with one map."""
    if node is None:
        return ()
    return tuple(item for item in (node.items if node.kind is NodeKind.LIST else (node,)) if item.kind is NodeKind.MAP)


def json_blocks(root: Node, kind: str, depth: int, scope: TerraformScope) -> Iterator[JsonBlock]:
    """The blocks of a type (`resource`); their `depth` labels are the keys of nested maps."""
    labelled_nodes: list[tuple[tuple[str, ...], Node]] = [((), inner_node) for inner_node in block_maps(root.get(kind))]
    for _ in range(depth):
        labelled_nodes = [
            ((*labels, key.text), inner_node)
            for labels, node in labelled_nodes
            for key, value in node.pairs
            for inner_node in block_maps(value)
        ]
    for labels, node in labelled_nodes:
        yield JsonBlock(node, labels, scope)


def add_json_locals(root: Node, scope: TerraformScope) -> None:
    """Register the locals of a .tf.json file in `scope`."""
    for node in block_maps(root.get("locals")):
        for key, value in node.pairs:
            scope.locals.setdefault(key.text, lambda value=value: json_value_node(value, scope))  # type: ignore[misc]
