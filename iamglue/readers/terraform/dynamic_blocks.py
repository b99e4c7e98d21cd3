"""The blocks that `dynamic` blocks create.

https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
"""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.policy.source.nodes import Node
from iamglue.policy.source.source_text import QuotedSourceText
from iamglue.readers.terraform.evaluator import Evaluator
from iamglue.readers.terraform.loops import entries
from iamglue.readers.terraform.values import UNKNOWN_ITEMS, ValueFactory, read_only_node


@dataclass(frozen=True, slots=True)
class DynamicBlock:
    """A reader for the content of each block; `is_complete`: deployment creates no other ones.

    With each reader is the location for findings, None for the location of the content.
    """

    instances: tuple[tuple[Evaluator, Node | None], ...]
    is_complete: bool


def expand_dynamic_block(reader: Evaluator, name: str, value: Node | None) -> DynamicBlock:
    """The blocks that a `dynamic` block creates; `name` is the variable with `key` and `value`."""
    collection = None if value is None else reader.items_of(value)
    if collection is not None and collection.is_null:
        return DynamicBlock((), is_complete=True)
    items = None if collection is None else entries(collection)
    if collection is None or items is None or not reader.scope.state.allows_iterations(len(items)):
        return DynamicBlock((), is_complete=False)
    factory = ValueFactory(collection.source, (collection.start, collection.end))
    instances = []
    for key, item in items:
        if item.tag != UNKNOWN_ITEMS:
            iterator = factory.map({"key": key, "value": item})
            # The content of a known module is not in a file of the user; the value is.
            location = read_only_node(item) if isinstance(reader.source, QuotedSourceText) else None
            instances.append((reader.bind({name: iterator}, f"[{key.text}]"), location))
    return DynamicBlock(tuple(instances), is_complete=len(instances) == len(items))
