"""Members of the values of Terraform expressions: attributes, keys, indexes, and the instances of a resource."""

from __future__ import annotations

import re
from dataclasses import replace

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.terraform.scope import TerraformScope
from iamglue.readers.terraform.string_templates import is_traversal
from iamglue.readers.terraform.values import (
    INVALID,
    UNKNOWN_ITEMS,
    ValueFactory,
    has_known_keys,
    integer,
    is_invalid,
    is_resolved_text,
)

_RESOURCE = re.compile(r"(?:module\.[\w-]+(?:\[[^\]]*\])?\.)*(?:data\.)?[a-z][a-z0-9_]*\.[A-Za-z_][\w-]*")
_INDEX = re.compile(r'\["?([^"\]]*)"?\]')


def access_member(scope: TerraformScope, node: Node, key: Node, *, is_attribute: bool) -> Node:
    """The value of an attribute, key or index; UNKNOWN if it is not known, tagged INVALID if there is none."""
    if is_invalid(node):
        return node
    if node.kind is NodeKind.UNKNOWN:
        return _unknown_member(scope, node, key, is_attribute=is_attribute)
    if not is_resolved_text(key):
        return _unknown_value(node, "an item with an unknown key", None)
    return _list_item(node, integer(key)) if node.kind is NodeKind.LIST else _map_value(node, key)


def _map_value(node: Node, key: Node) -> Node:
    """The value of a key; INVALID if the map is known to lack it, else unknown."""
    member = node.get(key.text)
    if member is not None:
        return member
    if has_known_keys(node) or node.kind is NodeKind.SCALAR:
        return _unknown_value(node, f"`{key.text}`, which is missing", INVALID)
    return _unknown_value(node, f"`{key.text}` of a map with unknown keys", None)


def _unknown_value(node: Node, text: str, tag: str | None) -> Node:
    return Node(NodeKind.UNKNOWN, node.source, node.start, node.end, text, tag=tag)


def _list_item(node: Node, index: int | None) -> Node:
    """The item at an index; INVALID if the list is known to be shorter, else unknown."""
    if index is None:
        return _unknown_value(node, "an item of a list", INVALID)
    known = next((number for number, item in enumerate(node.items) if item.tag == UNKNOWN_ITEMS), len(node.items))
    if 0 <= index < known:
        return node.items[index]
    tag = INVALID if known == len(node.items) else None
    return _unknown_value(node, f"item {index} of a list", tag)


def _unknown_member(scope: TerraformScope, node: Node, key: Node, *, is_attribute: bool) -> Node:
    """A member of a value that is not known: the value of the longer address, if that is known."""
    if is_attribute:
        step = f".{key.text}"
    elif key.kind is NodeKind.SCALAR and not key.unresolved:
        step = f'["{key.text}"]' if integer(key) is None or not key.plain else f"[{key.text}]"
    else:
        step = f"[{key.text}]"
    text = f"{node.text}{step}"
    value = scope.resolve(text) if is_traversal(text) else None
    if value is not None:
        return value
    return replace(node, text=text, tag=None, items=())


def resource_items(scope: TerraformScope, node: Node) -> Node:
    """The instances of a resource that a reference without index and attribute names; other values as they are.

    The instances of `count` are a list, those of `for_each` a map.
    """
    if node.kind is not NodeKind.UNKNOWN or not _RESOURCE.fullmatch(node.text):
        return node
    entry = scope.resource_at(node.text)
    if entry is None:
        return node
    keys = entry[1].instance_keys
    if keys is None:
        # `count = var.enabled ? 1 : 0`: the instance that there is, or none.
        return _resource_list(node, ("",)) if entry[1].is_optional else node
    if keys == ("",):
        return _resource_list(node, keys)
    if all(key.startswith('["') for key in keys) and keys:
        factory = ValueFactory(node.source, (node.start, node.end))
        return factory.map({_INDEX.sub(r"\1", key): replace(node, text=f"{node.text}{key}") for key in keys})
    return _resource_list(node, keys)


def _resource_list(node: Node, keys: tuple[str, ...]) -> Node:
    items = (replace(node, text=f"{node.text}{key}") for key in keys)
    return ValueFactory(node.source, (node.start, node.end)).list(items)
