"""Evaluates `for` expressions.

https://developer.hashicorp.com/terraform/language/expressions/for
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.terraform.evaluator import Evaluator
from iamglue.readers.terraform.hcl_syntax import HclExpression, HclFor
from iamglue.readers.terraform.values import UNKNOWN_ITEMS, ValueFactory, is_resolved_text, truth

SET = "tag:yaml.org,2002:set"


def entries(node: Node) -> list[tuple[Node, Node]] | None:
    """The keys and values of a list, set or map; None for other values. Unknown items have themselves as key.

    Terraform visits maps and sets of texts in the order of their keys. A key that is not known keeps its place.
    """
    if node.kind is NodeKind.MAP:
        pairs = [(replace(key, plain=False), value) for key, value in node.pairs]
        return pairs if any(key.unresolved for key, _ in pairs) else sorted(pairs, key=lambda pair: pair[0].text)
    if node.kind is not NodeKind.LIST:
        return None
    if node.tag == SET and all(is_resolved_text(item) and not item.plain for item in node.items):
        return [(item, item) for item in sorted(node.items, key=lambda item: item.text)]
    factory = ValueFactory(node.source, (node.start, node.end))
    return [
        (item if node.tag == SET or item.tag == UNKNOWN_ITEMS else factory.plain(index), item)
        for index, item in enumerate(node.items)
    ]


class LoopReader:
    """Evaluates one `for` expression, for lists and for objects."""

    def __init__(self, reader: Evaluator, loop: HclFor) -> None:
        self._reader = reader
        self._loop = loop

    def read(self) -> Node:
        """The list or map; UNKNOWN if the collection is not known, with unknown items if some of it is not."""
        reader, loop = self._reader, self._loop
        items = entries(reader.items_of(reader.evaluate(loop.collection)))
        if items is None or not reader.scope.state.allows_iterations(len(items)):
            return reader.unknown_node(loop, UNKNOWN_ITEMS if loop.key is None else None)
        return self._list(items) if loop.key is None else self._map(items, loop.key)

    def _list(self, items: Sequence[tuple[Node, Node]]) -> Node:
        """The list of the values, with unknown items if an item or a condition is not known."""
        results: list[Node] = []
        is_complete = True
        for key, value in items:
            if value.tag == UNKNOWN_ITEMS:
                is_complete = False
                continue
            inner = self._bind(key, value)
            condition = self._condition_of(inner)
            is_complete = is_complete and condition is not None
            if condition is not False:
                results.append(inner.evaluate(self._loop.value))
        if not is_complete:
            results.append(self._reader.unknown_node(self._loop, UNKNOWN_ITEMS))
        return self._reader.factory(self._loop).list(results)

    def _map(self, items: Sequence[tuple[Node, Node]], key_expression: HclExpression) -> Node:
        """The map of the values; UNKNOWN if an item, a key or a condition is not known."""
        results: dict[str, list[tuple[Node, Node]]] = {}
        for key, value in items:
            inner = self._bind(key, value)
            condition = None if value.tag == UNKNOWN_ITEMS else self._condition_of(inner)
            if condition is None:
                return self._reader.unknown_node(self._loop)
            if condition:
                name = inner.evaluate(key_expression)
                if name.kind is not NodeKind.SCALAR:
                    return self._reader.unknown_node(self._loop)
                results.setdefault(name.text, []).append((name, inner.evaluate(self._loop.value)))
        factory = self._reader.factory(self._loop)
        if self._loop.is_grouped:
            return factory.map((group[0][0], factory.list(value for _, value in group)) for group in results.values())
        return factory.map(pair for group in results.values() for pair in group)

    def _bind(self, key: Node, value: Node) -> Evaluator:
        """The reader with the variables of the loop for one item."""
        bindings = dict(zip(reversed(self._loop.names), (value, key), strict=False))
        return self._reader.bind(bindings, f"[{key.text}]")

    def _condition_of(self, reader: Evaluator) -> bool | None:
        condition = self._loop.condition
        return True if condition is None else truth(reader.evaluate(condition))
