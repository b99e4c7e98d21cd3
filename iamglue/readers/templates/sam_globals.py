"""Merges the `Globals` of a SAM template into its resources, as SAM does; finds what SAM refuses in them.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.catalog.sam_globals import global_properties
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.templates.intrinsic_calls import parse_intrinsic

_SAM = "AWS::Serverless::"
# Lists that replace those of Globals; all others follow them.
_REPLACED = frozenset({"Architectures"})


def global_sections(root: Node) -> Iterator[tuple[str, Node]]:
    """The sections of `Globals` that SAM has, without the properties that it refuses."""
    globals_node = root.get("Globals")
    for key, section in globals_node.pairs if globals_node is not None else ():
        names = global_properties(key.text)
        if names is not None and section.kind is NodeKind.MAP and parse_intrinsic(section) is None:
            yield key.text, replace(section, pairs=tuple(pair for pair in section.pairs if pair[0].text in names))


def refused_globals(root: Node) -> Iterator[tuple[str, Node]]:
    """What SAM refuses in `Globals`, and so the whole template: the path of each section or property, and its key."""
    globals_node = root.get("Globals")
    for key, section in globals_node.pairs if globals_node is not None else ():
        names = global_properties(key.text)
        if names is None:
            yield f"Globals.{key.text}", key
        for name, _ in section.pairs if names is not None else ():
            if name.text not in (names or ()):
                yield f"Globals.{key.text}.{name.text}", name


def merge_globals(root: Node) -> Node:
    """The template with the properties of `Globals` in its SAM resources; the same node if there are none."""
    sections = {f"{_SAM}{name}": section for name, section in global_sections(root)}
    if not sections:
        return root
    pairs = tuple(
        (key, _merge_resources(value, sections) if key.text == "Resources" else value) for key, value in root.pairs
    )
    return replace(root, pairs=pairs)


def _merge_resources(resources: Node, sections: dict[str, Node]) -> Node:
    return replace(resources, pairs=tuple((key, _merge_resource(value, sections)) for key, value in resources.pairs))


def _merge_resource(resource: Node, sections: dict[str, Node]) -> Node:
    """The resource with the properties of its section, unless its attribute IgnoreGlobals excludes them."""
    kind, ignored = resource.get("Type"), resource.get("IgnoreGlobals")
    section = sections.get(kind.text) if kind is not None else None
    if section is None or (ignored is not None and ignored.text == "*"):
        return resource
    excluded = {item.text for item in ignored.items} if ignored is not None else set()
    section = replace(section, pairs=tuple(pair for pair in section.pairs if pair[0].text not in excluded))
    properties = resource.get("Properties")
    key = resource.key("Properties")
    if properties is None or key is None:
        return replace(
            resource, pairs=(*resource.pairs, (replace(section, kind=NodeKind.SCALAR, text="Properties"), section))
        )
    merged = _merge(section, properties)
    return replace(resource, pairs=tuple((name, merged if name is key else value) for name, value in resource.pairs))


def _merge(general: Node, local: Node) -> Node:
    """The local value over the general one: maps are merged, lists are joined, other values are replaced."""
    is_plain = parse_intrinsic(general) is None and parse_intrinsic(local) is None
    if general.kind is not local.kind or not is_plain:
        return local
    if local.kind is NodeKind.LIST:
        return replace(local, items=(*general.items, *local.items))
    if local.kind is not NodeKind.MAP:
        return local
    general_values = {key.text: value for key, value in general.pairs}
    names = {key.text for key, _ in local.pairs}
    merged = [
        (
            key,
            _merge(general_values[key.text], value)
            if key.text in general_values and key.text not in _REPLACED
            else value,
        )
        for key, value in local.pairs
    ]
    return replace(local, pairs=(*((key, value) for key, value in general.pairs if key.text not in names), *merged))
