"""Finds other names of services and triggers in a spec, and replaces them by the names that the format uses."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from iamglue.catalog.aliases import NameUse, canonical_name
from iamglue.catalog.services import service_prefixes
from iamglue.catalog.triggers import trigger_names
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.spec.entry_keys import DESTINATION_SETTINGS, ENTRY_LISTS
from iamglue.readers.spec.spec_file import spec_bodies
from iamglue.readers.spec.spec_schemas import DESTINATION_OPTIONS, ENTRY_OPTIONS, TRIGGER_OPTIONS

S3_URI = "s3://"


@dataclass(frozen=True, slots=True)
class CanonicalText:
    """A scalar of a spec, and the text that the format uses for it."""

    node: Node
    text: str


def find_other_names(root: Node) -> Iterator[CanonicalText]:
    """Yield the names of services and triggers, and the S3 URIs, that the format writes in another way."""
    for body in spec_bodies(root):
        for name in ENTRY_LISTS:
            for item in _mappings(body.get(name)):
                yield from _item_names(item, NameUse.SERVICE, ENTRY_OPTIONS)
        for item in _mappings(body.get("triggers")):
            yield from _item_names(item, NameUse.TRIGGER, TRIGGER_OPTIONS)
            yield from _destination_names(item.get("on_failure"))
        settings = body.get("settings")
        for name in DESTINATION_SETTINGS if settings else ():
            yield from _destination_names(settings.get(name) if settings else None)


def with_canonical_names(root: Node) -> Node:
    """Return the tree with the names of `find_other_names` replaced; the locations stay those of the text."""
    texts = {id(other.node): other.text for other in find_other_names(root)}
    return _replace_texts(root, texts) if texts else root


def _replace_texts(node: Node, texts: dict[int, str]) -> Node:
    """The tree with these texts, by the `id` of the scalar that has each."""
    if node.kind is NodeKind.SCALAR:
        return replace(node, text=texts[id(node)]) if id(node) in texts else node
    if node.kind is NodeKind.LIST:
        return replace(node, items=tuple(_replace_texts(item, texts) for item in node.items))
    pairs = tuple((_replace_texts(key, texts), _replace_texts(value, texts)) for key, value in node.pairs)
    return replace(node, pairs=pairs)


def _mappings(entries: Node | None) -> tuple[Node, ...]:
    return tuple(item for item in entries.items if item.kind is NodeKind.MAP) if entries else ()


def _destination_names(item: Node | None) -> Iterator[CanonicalText]:
    if item is not None and item.kind is NodeKind.MAP:
        yield from _item_names(item, NameUse.SERVICE, DESTINATION_OPTIONS)


def _item_names(item: Node, use: NameUse, options: Collection[str]) -> Iterator[CanonicalText]:
    """Yield the other names in one entry, trigger or destination."""
    for key, value in item.pairs:
        if key.kind is not NodeKind.SCALAR or key.text in options:
            continue
        name = key.text if _is_canonical(key.text, use) else canonical_name(key.text, use)
        if name is not None and name != key.text:
            yield CanonicalText(key, name)
        if name is not None and name.partition("/")[0] == "s3" and value.text.startswith(S3_URI):
            yield CanonicalText(value, value.text.removeprefix(S3_URI))


def _is_canonical(text: str, use: NameUse) -> bool:
    """Whether a name is already that of a trigger, or of a service with or without a resource type."""
    if use is NameUse.TRIGGER:
        return text in trigger_names()
    return text.partition("/")[0] in service_prefixes()
