"""The instances that `count` and `for_each` make of a block.

https://developer.hashicorp.com/terraform/language/meta-arguments/for_each
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.terraform.blocks import HclBlock, JsonBlock, TerraformBlock, attribute_value
from iamglue.readers.terraform.loops import entries
from iamglue.readers.terraform.scope import TerraformScope
from iamglue.readers.terraform.values import GENERATED_SOURCE, UNKNOWN_ITEMS, ValueFactory, integer

_MAX_INSTANCES = 500
_ONE_OR_NONE = re.compile(r".*\?\s*(?:1\s*:\s*0|0\s*:\s*1)\s*", re.DOTALL)
_KEY_USE = re.compile(r"\b(?:each|count)\.")
_NO_BINDINGS: Mapping[str, Node] = {}


@dataclass(frozen=True, slots=True)
class BlockInstances:
    """The keys of the instances as in addresses (`["a"]`, `[0]`), and what `each` or `count` is for them.

    `is_complete`: there are no others; if nothing is known, there is one with an empty key and no bindings.
    `is_optional`: there is one instance or none.
    """

    bindings: Mapping[str, Mapping[str, Node]]
    is_complete: bool = True
    is_optional: bool = False


def expand_block(block: TerraformBlock) -> BlockInstances:
    """The instances of a resource, data source or module."""
    count = block.evaluate("count")
    if count is not None:
        return _count_instances(count)
    collection = block.evaluate("for_each")
    if collection is None:
        return BlockInstances({"": _NO_BINDINGS})
    reader = block.reader if isinstance(block, HclBlock | JsonBlock) else None
    collection = collection if reader is None else reader.items_of(collection)
    items = entries(collection)
    if items is None or len(items) > _MAX_INSTANCES:
        return BlockInstances({"": _NO_BINDINGS}, is_complete=False)
    factory = ValueFactory(collection.source, (collection.start, collection.end))
    bindings: dict[str, Mapping[str, Node]] = {}
    for key, value in items:
        name = key if collection.kind is NodeKind.MAP else value  # the key of a set's item is the item
        if value.tag != UNKNOWN_ITEMS and name.kind is NodeKind.SCALAR:
            bindings[f'["{name.text}"]'] = {"each": factory.map({"key": name, "value": value})}
    return BlockInstances(bindings, is_complete=len(bindings) == len(items))


def _count_instances(count: Node) -> BlockInstances:
    """The instances `[0]`, `[1]` and so on; an unknown or very large number is one instance without bindings."""
    number = integer(count)
    if number is None or number > _MAX_INSTANCES:
        is_optional = _ONE_OR_NONE.fullmatch(count.text) is not None
        return BlockInstances({"": _NO_BINDINGS}, is_complete=False, is_optional=is_optional)
    factory = ValueFactory(count.source, (count.start, count.end))
    return BlockInstances(
        {f"[{index}]": {"count": factory.map({"index": factory.plain(index)})} for index in range(number)}
    )


def unknown_bindings(block: TerraformBlock, address: str) -> Mapping[str, Node]:
    """What `each` or `count` is where instances are not known: values that differ from those of other blocks."""
    names = {"for_each": "each", "count": "count"}
    return {
        name: Node(NodeKind.UNKNOWN, GENERATED_SOURCE, 0, 0, f"{address}.{name}")
        for argument, name in names.items()
        if argument in block.attribute_names()
    }


class ModuleResource:
    """A resource or data source of a module, with its instances. `address` is without the prefix of the module."""

    def __init__(self, block: TerraformBlock, address: str, scope: TerraformScope) -> None:
        self.block = block
        self.address = address
        self.scope = scope
        self._instances: BlockInstances | None = None
        self._blocks: dict[str, TerraformBlock] = {}
        self._active: set[str] = set()

    @property
    def instances(self) -> BlockInstances:
        """The instances; while they are being computed, they are not known."""
        if self._instances is None:
            self._instances = BlockInstances({"": _NO_BINDINGS}, is_complete=False)
            self._instances = expand_block(self.block)
        return self._instances

    @property
    def is_optional(self) -> bool:
        """Whether there is one instance or none."""
        return self.instances.is_optional

    @property
    def instance_keys(self) -> tuple[str, ...] | None:
        """The keys of its instances as in addresses; None if not known."""
        return tuple(self.instances.bindings) if self.instances.is_complete else None

    def instance(self, key: str) -> TerraformBlock:
        """The block of an instance; fixes can edit it if there is only one."""
        if key not in self._blocks:
            bindings = self.instances.bindings.get(key) or unknown_bindings(
                self.block, f"{self.scope.prefix}{self.address}"
            )
            editable = len(self.instances.bindings) < 2 or not self._uses_key()
            self._blocks[key] = self.block.bind(bindings, key, editable=editable) if bindings else self.block
        return self._blocks[key]

    def _uses_key(self) -> bool:
        """Whether the text of the block refers to its instance, so that its values differ."""
        node = self.block.location_node
        return _KEY_USE.search(node.source.text, node.start, node.end) is not None

    def attribute(self, name: str, key: str) -> Node | None:
        """The value of an argument of the instance with a key; None if it is not set, or refers to itself."""
        if f"{name}{key}" in self._active:
            return None
        self._active.add(f"{name}{key}")
        try:
            return attribute_value(self.instance(key), name)
        finally:
            self._active.discard(f"{name}{key}")

    def has_argument(self, name: str) -> bool:
        """Whether an argument is set."""
        return name in self.block.attribute_names()
