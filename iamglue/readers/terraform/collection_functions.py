"""Terraform's functions on lists, sets and maps.

https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.terraform.loops import SET
from iamglue.readers.terraform.values import (
    UNKNOWN_ITEMS,
    ValueFactory,
    are_equal,
    has_known_items,
    has_known_keys,
    integer,
    is_empty,
    is_resolved_text,
)

# The factory, the arguments, and the item that stands for unknown items of the result.
CollectionFunction = Callable[[ValueFactory, list[Node], Node], Node | None]
_MAX_RANGE = 1_000


def _as_items(node: Node, unknown_items: Node) -> tuple[Node, ...]:
    """The items of a list; a list that is not known is unknown items."""
    if node.kind is NodeKind.LIST:
        return node.items
    return (replace(node, tag=UNKNOWN_ITEMS) if node.kind is NodeKind.UNKNOWN else unknown_items,)


def _concat(factory: ValueFactory, arguments: list[Node], unknown_items: Node) -> Node | None:
    items = [item for argument in arguments for item in _as_items(argument, unknown_items)]
    return factory.list(items)


def _flatten(factory: ValueFactory, arguments: list[Node], unknown_items: Node) -> Node | None:
    return factory.list(_flat_items(arguments[0], unknown_items)) if len(arguments) == 1 else None


def _flat_items(node: Node, unknown_items: Node) -> Iterable[Node]:
    """The items of nested lists at any depth; unknown values stand for any number of items."""
    for item in _as_items(node, unknown_items):
        if item.kind is NodeKind.LIST:
            yield from _flat_items(item, unknown_items)
        else:  # a reference can be a list
            yield replace(item, tag=UNKNOWN_ITEMS) if item.kind is NodeKind.UNKNOWN else item


def _same_list(_: ValueFactory, arguments: list[Node], __: Node) -> Node | None:
    """The argument, as a list or map."""
    return arguments[0] if len(arguments) == 1 and arguments[0].kind in (NodeKind.LIST, NodeKind.MAP) else None


def _to_set(_: ValueFactory, arguments: list[Node], __: Node) -> Node | None:
    """The list as a set: sorted and without duplicates; None, as in all these functions, if the result is unknown."""
    if len(arguments) != 1 or arguments[0].kind is not NodeKind.LIST:
        return None
    return replace(arguments[0], tag=SET, items=tuple(_sort_texts(_without_duplicates(arguments[0].items))))


def _sort(factory: ValueFactory, arguments: list[Node], _: Node) -> Node | None:
    is_known = len(arguments) == 1 and has_known_items(arguments[0]) and all(map(is_resolved_text, arguments[0].items))
    return factory.list(_sort_texts(arguments[0].items)) if is_known else None


def _reverse(factory: ValueFactory, arguments: list[Node], _: Node) -> Node | None:
    is_known = len(arguments) == 1 and has_known_items(arguments[0])
    return factory.list(reversed(arguments[0].items)) if is_known else None


def _sort_texts(items: Iterable[Node]) -> list[Node]:
    """The texts in the order of a set; items of which some are not known as they are."""
    nodes = list(items)
    return sorted(nodes, key=lambda node: node.text) if all(map(is_resolved_text, nodes)) else nodes


def _distinct(factory: ValueFactory, arguments: list[Node], __: Node) -> Node | None:
    """The list without later duplicates; the same node if it has none, so that its text can be edited."""
    items = arguments[0].items if len(arguments) == 1 and arguments[0].kind is NodeKind.LIST else None
    if items is None:
        return None
    distinct = list(_without_duplicates(items))
    return arguments[0] if len(distinct) == len(items) else factory.list(distinct)


def _set_union(factory: ValueFactory, arguments: list[Node], unknown_items: Node) -> Node | None:
    items = [item for argument in arguments for item in _as_items(argument, unknown_items)]
    return replace(factory.list(_sort_texts(_without_duplicates(items))), tag=SET)


def _without_duplicates(items: Iterable[Node]) -> Iterable[Node]:
    """The items without later ones with the same text; lists, maps and unknown values are not compared."""
    seen: set[str] = set()
    for item in items:
        if item.kind is not NodeKind.SCALAR or item.text not in seen:
            yield item
        if item.kind is NodeKind.SCALAR:
            seen.add(item.text)


def _compact(factory: ValueFactory, arguments: list[Node], _: Node) -> Node | None:
    """The list without empty texts and null; the same node if it has none, so that its text can be edited."""
    if len(arguments) != 1 or arguments[0].kind is not NodeKind.LIST:
        return None
    items = [item for item in arguments[0].items if item.kind is not NodeKind.SCALAR or not is_empty(item)]
    return arguments[0] if len(items) == len(arguments[0].items) else factory.list(items)


def _coalesce_list(_: ValueFactory, arguments: list[Node], __: Node) -> Node | None:
    """The first list with items; None if a list before it is unknown."""
    for argument in arguments:
        if argument.kind is not NodeKind.LIST:
            return None
        if argument.items:
            return argument
    return None


def _coalesce(_: ValueFactory, arguments: list[Node], __: Node) -> Node | None:
    """The first value that is neither null nor an empty text; None if a value before it is unknown."""
    for argument in arguments:
        if argument.kind is NodeKind.UNKNOWN:
            return None
        if not is_empty(argument) or argument.kind is not NodeKind.SCALAR:
            return argument
    return None


def _merge(factory: ValueFactory, arguments: list[Node], _: Node) -> Node | None:
    """The map with the pairs of all maps, a later one in place of an earlier one; null arguments are skipped."""
    maps = [argument for argument in arguments if not argument.is_null]
    if not all(argument.kind is NodeKind.MAP for argument in maps):
        return None
    return factory.map(pair for argument in maps for pair in argument.pairs)


def _lookup(_: ValueFactory, arguments: list[Node], __: Node) -> Node | None:
    """The value of a key; the default only if no unknown key can be the requested one."""
    if len(arguments) not in (2, 3) or arguments[0].kind is not NodeKind.MAP or not is_resolved_text(arguments[1]):
        return None
    value = arguments[0].get(arguments[1].text)
    if value is not None:
        return value
    return arguments[2] if len(arguments) == 3 and has_known_keys(arguments[0]) else None


def _element(_: ValueFactory, arguments: list[Node], __: Node) -> Node | None:
    """The item at an index, which wraps around; behind unknown items no position is known."""
    index = integer(arguments[1]) if len(arguments) == 2 else None
    if index is None or not arguments or arguments[0].kind is not NodeKind.LIST or not arguments[0].items:
        return None
    if has_known_items(arguments[0]):
        return arguments[0].items[index % len(arguments[0].items)]
    known = [item.tag != UNKNOWN_ITEMS for item in arguments[0].items[: index + 1]]
    return arguments[0].items[index] if index >= 0 and len(known) > index and all(known) else None


def _only_item(factory: ValueFactory, arguments: list[Node], _: Node) -> Node | None:
    """The item of a list of one, null of an empty list."""
    if len(arguments) != 1 or not has_known_items(arguments[0]) or len(arguments[0].items) > 1:
        return None
    return arguments[0].items[0] if arguments[0].items else factory.null()


def _keys(factory: ValueFactory, arguments: list[Node], _: Node) -> Node | None:
    """The keys of a map, sorted as Terraform does."""
    if len(arguments) != 1 or arguments[0].kind is not NodeKind.MAP:
        return None
    pairs = sorted(arguments[0].pairs, key=lambda pair: pair[0].text)
    return factory.list(replace(key, plain=False) for key, _ in pairs)


def _values(factory: ValueFactory, arguments: list[Node], _: Node) -> Node | None:
    """The values of a map, in the order of its sorted keys."""
    if len(arguments) != 1 or arguments[0].kind is not NodeKind.MAP:
        return None
    pairs = sorted(arguments[0].pairs, key=lambda pair: pair[0].text)
    return factory.list(value for _, value in pairs)


def _length(factory: ValueFactory, arguments: list[Node], _: Node) -> Node | None:
    """The number of items, keys or characters."""
    value = arguments[0] if len(arguments) == 1 else factory.null()
    if has_known_items(value):
        return factory.plain(len(value.items))
    if value.kind is NodeKind.MAP:
        return factory.plain(len(value.pairs))
    return factory.plain(len(value.text)) if is_resolved_text(value) else None


def _contains(factory: ValueFactory, arguments: list[Node], _: Node) -> Node | None:
    """True if an item is equal; None if none is known to be, but an unknown item may be."""
    if len(arguments) != 2 or arguments[0].kind is not NodeKind.LIST:
        return None
    results = [are_equal(item, arguments[1]) for item in arguments[0].items]
    if True in results:
        return factory.plain(True)
    return None if None in results else factory.plain(False)


def _zipmap(factory: ValueFactory, arguments: list[Node], _: Node) -> Node | None:
    """The map of a list of keys and a list of values, of the same length."""
    if len(arguments) != 2 or not all(map(has_known_items, arguments)):
        return None
    keys, values = arguments[0].items, arguments[1].items
    if len(keys) != len(values) or not all(key.kind is NodeKind.SCALAR for key in keys):
        return None
    return factory.map(zip(keys, values, strict=True))


def _slice(factory: ValueFactory, arguments: list[Node], _: Node) -> Node | None:
    """The items from the start index, up to the end index, which is not included."""
    if len(arguments) != 3 or not has_known_items(arguments[0]):
        return None
    start, end = integer(arguments[1]), integer(arguments[2])
    if start is None or end is None or not 0 <= start <= end <= len(arguments[0].items):
        return None
    return factory.list(arguments[0].items[start:end])


def _range(factory: ValueFactory, arguments: list[Node], _: Node) -> Node | None:
    """The integers from 0 or a start to a limit, which is not included; None for a step, or too many of them."""
    numbers = [number for argument in arguments if (number := integer(argument)) is not None]
    if len(numbers) != len(arguments) or not 1 <= len(numbers) <= 2:
        return None
    start, end = (0, numbers[0]) if len(numbers) == 1 else numbers
    return factory.list(map(factory.plain, range(start, end))) if 0 <= end - start <= _MAX_RANGE else None


def _set_product(factory: ValueFactory, arguments: list[Node], _: Node) -> Node | None:
    """All combinations of the items, each as a list; None if there are too many."""
    if not arguments or not all(map(has_known_items, arguments)):
        return None
    products: list[list[Node]] = [[]]
    for argument in arguments:
        products = [[*product, item] for product in products for item in argument.items]
        if len(products) > _MAX_RANGE:
            return None
    return factory.list(map(factory.list, products))


COLLECTION_FUNCTIONS: dict[str, CollectionFunction] = {
    "coalesce": _coalesce,
    "coalescelist": _coalesce_list,
    "compact": _compact,
    "concat": _concat,
    "contains": _contains,
    "distinct": _distinct,
    "element": _element,
    "flatten": _flatten,
    "keys": _keys,
    "length": _length,
    "lookup": _lookup,
    "merge": _merge,
    "one": _only_item,
    "range": _range,
    "reverse": _reverse,
    "setproduct": _set_product,
    "setunion": _set_union,
    "slice": _slice,
    "sort": _sort,
    "tolist": _same_list,
    "tomap": _same_list,
    "toset": _to_set,
    "values": _values,
    "zipmap": _zipmap,
}
