"""The blocks of a Terraform configuration in HCL or JSON syntax."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from iamglue.policy.parsed_values import items
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import SourceText
from iamglue.readers.terraform.dynamic_blocks import DynamicBlock, expand_dynamic_block
from iamglue.readers.terraform.evaluator import Evaluator
from iamglue.readers.terraform.expressions import ExpressionReader
from iamglue.readers.terraform.hcl_syntax import HclAttribute, HclBlockSyntax, HclBody, HclExpression
from iamglue.readers.terraform.json_values import json_value
from iamglue.readers.terraform.list_references import settle
from iamglue.readers.terraform.scope import TerraformScope

NodePair = tuple[Node, Node]
# The labels of the block types of .tf.json files.
_JSON_LABELS = {"resource": 2, "data": 2, "module": 1, "variable": 1, "output": 1, "locals": 0}


class TerraformBlock(Protocol):
    """A block: `labels` are the texts after its type, `location_node` is the location for findings."""

    kind: str
    labels: tuple[str, ...]
    location_node: Node

    def attribute(self, name: str) -> NodePair | None:
        """The name and value nodes of an attribute; None if it is not set, or null."""

    def attribute_names(self) -> tuple[str, ...]:
        """The names of all attributes."""

    def evaluate(self, name: str) -> Node | None:
        """The value of an attribute as other expressions see it; None if it is not set."""

    def blocks(self, name: str) -> tuple[TerraformBlock, ...]:
        """The nested blocks with this name, also those that `dynamic` blocks create."""

    def has_dynamic_blocks(self, name: str) -> bool:
        """Whether deployment creates more nested blocks with this name."""

    def bind(self, bindings: Mapping[str, Node], label: str, *, editable: bool) -> TerraformBlock:
        """The block with values for `each` or `count`."""


def attribute_value(block: TerraformBlock, name: str) -> Node | None:
    """The value of an attribute, or None."""
    pair = block.attribute(name)
    return None if pair is None else pair[1]


class HclBlock:
    """A block in HCL; attribute values are read on first use."""

    def __init__(self, syntax: HclBlockSyntax, values: Evaluator, location: Node | None = None) -> None:
        self.syntax = syntax
        self.reader = values
        self.kind = syntax.kind
        self.labels = syntax.labels
        self.location_node = location or Node(NodeKind.MAP, values.source, syntax.start, syntax.end)
        self._pairs: dict[str, NodePair | None] = {}

    def bind(self, bindings: Mapping[str, Node], label: str, *, editable: bool) -> HclBlock:
        """The block with values for `each` or `count`."""
        return HclBlock(self.syntax, self.reader.bind(bindings, label, editable=editable))

    def expression(self, name: str) -> HclExpression | None:
        """The expression of an attribute's value; None if it is not set."""
        attribute = self.syntax.body.attributes.get(name)
        return None if attribute is None else attribute.value

    def attribute_names(self) -> tuple[str, ...]:
        """The names of all attributes, in the order of the text."""
        return tuple(self.syntax.body.attributes)

    def attribute(self, name: str) -> NodePair | None:
        """An attribute's name and value."""
        if name not in self._pairs:
            attribute = self.syntax.body.attributes.get(name)
            self._pairs[name] = None if attribute is None else self._read_pair(attribute)
        return self._pairs[name]

    def evaluate(self, name: str) -> Node | None:
        """The value of an attribute as other expressions see it; None if it is not set."""
        expression = self.expression(name)
        return None if expression is None else self.reader.evaluate(expression)

    def _read_pair(self, attribute: HclAttribute) -> NodePair | None:
        """The name and value nodes; None for null, which Terraform treats as an attribute that is not set."""
        start, name = attribute.start, attribute.name
        key = Node(NodeKind.SCALAR, self.reader.source, start, start + len(name), name, plain=True)
        value = self.reader.read(attribute.value)
        return None if value.is_null else (key, value)

    def _child_blocks(self) -> Iterator[HclBlock]:
        for syntax in self.syntax.body.blocks:
            yield HclBlock(syntax, self.reader)

    def blocks(self, name: str) -> tuple[HclBlock, ...]:
        """The blocks of that name in this one, also those that `dynamic` blocks create."""
        result: list[HclBlock] = []
        for block in self._child_blocks():
            if block.kind == name:
                result.append(block)
            elif block.kind == "dynamic" and block.labels == (name,):
                result += block.dynamic_content()
        return tuple(result)

    def dynamic_content(self) -> list[HclBlock]:
        """The blocks that a `dynamic` block creates, as far as its `for_each` is known."""
        content = next((block for block in self._child_blocks() if block.kind == "content"), None)
        if content is None:
            return []
        iterator = self.expression("iterator")
        name = self.labels[0] if iterator is None else self.reader.expression_text(iterator)
        expansion = expand_dynamic_block(self.reader, name, self.evaluate("for_each"))
        return [HclBlock(content.syntax, reader, location) for reader, location in expansion.instances]

    def has_dynamic_blocks(self, name: str) -> bool:
        """Whether there is a `dynamic` block of that name whose `for_each` is not known."""
        return any(
            not expand_dynamic_block(self.reader, name, block.evaluate("for_each")).is_complete
            for block in self._child_blocks()
            if block.kind == "dynamic" and block.labels == (name,)
        )


def hcl_blocks(body: HclBody, source: SourceText, scope: TerraformScope) -> tuple[HclBlock, ...]:
    """The blocks of a file."""
    values = ExpressionReader(source, scope)
    return tuple(HclBlock(syntax, values) for syntax in body.blocks)


class JsonBlock:
    """A block in JSON: of a .tf.json file, whose texts are templates, or of a plan (`reader` is None)."""

    def __init__(self, node: Node, labels: tuple[str, ...], reader: Evaluator | None = None, kind: str = "") -> None:
        self.kind = kind
        self.location_node = node
        self.labels = labels
        self.reader = reader

    def bind(self, bindings: Mapping[str, Node], label: str, *, editable: bool) -> JsonBlock:
        """The block with values for `each` or `count`."""
        reader = None if self.reader is None else self.reader.bind(bindings, label, editable=editable)
        node = self.location_node if reader is None else replace(self.location_node, source=reader.source)
        return JsonBlock(node, self.labels, reader, self.kind)

    def attribute_names(self) -> tuple[str, ...]:
        """The names of all attributes."""
        return tuple(key.text for key, _ in self.location_node.pairs)

    def attribute(self, name: str) -> NodePair | None:
        """An attribute's name and value."""
        key, value = self.location_node.key(name), self.evaluate(name)
        if key is None or value is None:
            return None
        value = settle(value)
        return None if value.is_null else (key, value)

    def evaluate(self, name: str) -> Node | None:
        """The value of an attribute as other expressions see it; None if it is not set."""
        value = self.location_node.get(name)
        return value if value is None or self.reader is None else json_value(value, self.reader)

    def blocks(self, name: str) -> tuple[JsonBlock, ...]:
        """The nested blocks with this name, also those that `dynamic` blocks create."""
        blocks = [JsonBlock(node, (), self.reader) for node in block_maps(self.location_node.get(name))]
        for node in self._dynamic_nodes(name):
            for expansion in self._expansions(name, node):
                blocks += [
                    JsonBlock(content, (), reader)
                    for reader, _ in expansion.instances
                    for content in block_maps(node.get("content"))
                ]
        return tuple(blocks)

    def has_dynamic_blocks(self, name: str) -> bool:
        """Whether there is a `dynamic` block of that name whose `for_each` is not known."""
        nodes = self._dynamic_nodes(name)
        return any(not expansion.is_complete for node in nodes for expansion in self._expansions(name, node))

    def _dynamic_nodes(self, name: str) -> tuple[Node, ...]:
        """The `dynamic` blocks with this label."""
        return tuple(
            inner_node
            for node in block_maps(self.location_node.get("dynamic"))
            for inner_node in block_maps(node.get(name))
        )

    def _expansions(self, name: str, node: Node) -> Iterator[DynamicBlock]:
        """The blocks that a `dynamic` block creates; nothing in a plan, where they are already created."""
        if self.reader is not None:
            block, iterator = JsonBlock(node, (), self.reader), node.get("iterator")
            variable = iterator.text if iterator is not None else name
            yield expand_dynamic_block(self.reader, variable, block.evaluate("for_each"))


def block_maps(node: Node | None) -> tuple[Node, ...]:
    """The maps in a node: JSON allows a single block to be a map or a list with one map."""
    if node is None:
        return ()
    return tuple(item for item in items(node) if item.kind is NodeKind.MAP)


def json_blocks(root: Node, source: SourceText, scope: TerraformScope) -> Iterator[JsonBlock]:
    """The blocks of a .tf.json file; their labels are the keys of nested maps.

    https://developer.hashicorp.com/terraform/language/syntax/json
    """
    reader = ExpressionReader(source, scope)
    for kind, depth in _JSON_LABELS.items():
        nodes = [node for body in block_maps(root) for node in block_maps(body.get(kind))]
        labelled_nodes: list[tuple[tuple[str, ...], Node]] = [((), node) for node in nodes]
        for _ in range(depth):
            labelled_nodes = [
                ((*labels, key.text), inner_node)
                for labels, node in labelled_nodes
                for key, value in node.pairs
                for inner_node in block_maps(value)
            ]
        for labels, node in labelled_nodes:
            yield JsonBlock(node, labels, reader, kind)
