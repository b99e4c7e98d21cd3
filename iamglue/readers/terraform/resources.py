"""The resources of a Terraform configuration or plan, with their arguments as texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.terraform.blocks import JsonBlock, TerraformBlock, attribute_value, block_maps
from iamglue.readers.terraform.reference_values import NAMING_BY_TYPE, address_without_index, attribute_parameter
from iamglue.readers.terraform.string_templates import unresolved_parameter
from iamglue.readers.terraform.values import alternatives, is_empty

_IDENTIFIERS = ("id", "arn", "invoke_arn", "qualified_invoke_arn")


@dataclass(frozen=True, slots=True)
class TerraformResource:
    """A resource or a nested block. For a plan, `configured` is its configuration and `module` its module's prefix.

    For values that a plan does not know, `configured` has the references.
    """

    address: str
    kind: str
    block: TerraformBlock
    configured: Node | None = None
    module: str = ""

    def text(self, name: str) -> str:
        """The text of an argument; a parameter if it is not known, empty if it is not set."""
        value = attribute_value(self.block, name)
        return self._reference_text(name) if value is None else _text_of(value)

    def possible_texts(self, name: str) -> tuple[str, ...]:
        """The texts that an argument can have: several for a condition that is not known."""
        value = self.block.evaluate(name)
        if value is None or not value.items:
            return (self.text(name),)
        return tuple(_text_of(branch) for branch in alternatives(value))

    def document_count(self, name: str) -> int:
        """How many of the values that an argument can have are written as documents: neither null nor references."""
        value = self.block.evaluate(name)
        nodes = () if value is None else alternatives(value)
        return sum(node.kind is not NodeKind.UNKNOWN and not is_empty(node) for node in nodes)

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a list; a single text counts as a list of one."""
        value = attribute_value(self.block, name)
        if value is None or value.kind is not NodeKind.LIST:
            return tuple(filter(None, (self.text(name),)))
        return tuple(filter(None, map(_text_of, value.items)))

    @property
    def label(self) -> str:
        """The name of the resource in the configuration, with its module and instance, without its type."""
        module, separator, rest = self.address.rpartition(f"{self.kind}.")
        return f"{module}{rest}" if separator else self.address.rpartition(".")[2]

    def keys(self, name: str) -> tuple[str, ...]:
        """The keys of a map."""
        value = attribute_value(self.block, name)
        return tuple(key.text for key, _ in value.pairs) if value is not None else ()

    def possible_maps(self, name: str) -> tuple[Node, ...]:
        """The maps that an argument can be: several for a condition that is not known; () if it is none, or unknown."""
        value = self.block.evaluate(name)
        branches = tuple(alternatives(value)) if value is not None else ()
        return branches if all(branch.kind is NodeKind.MAP for branch in branches) else ()

    def possible_map_texts(self, name: str) -> dict[str, tuple[str, ...]]:
        """The texts that each key of a map can have, an empty one if it may not be set."""
        maps = self.possible_maps(name)
        texts: dict[str, tuple[str, ...]] = {}
        for key in dict.fromkeys(key.text for node in maps for key, _ in node.pairs):
            items = [branch for node in maps for branch in _item_branches(node.get(key))]
            possible = ("" if item is None or item.is_null else _text_of(item) for item in items)
            texts[key] = (self.map_text(name, key),) if len(items) == 1 else tuple(dict.fromkeys(possible))
        return texts

    def map_text(self, name: str, key: str) -> str:
        """The text of one key of a map; a parameter if it is not known."""
        value = attribute_value(self.block, name)
        item = value.get(key) if value is not None else None
        return _text_of(item) if item is not None else ""

    def blocks(self, name: str) -> Iterator[TerraformResource]:
        """The nested blocks with this name."""
        configured_blocks = block_maps(self.configured.get(name)) if self.configured is not None else ()
        for number, block in enumerate(self.block.blocks(name)):
            configured_block = configured_blocks[min(number, len(configured_blocks) - 1)] if configured_blocks else None
            yield TerraformResource(self.address, self.kind, block, configured_block, self.module)

    def nested_text(self, *path: str) -> str:
        """The text of an argument in nested blocks; of several blocks with a name, in the first."""
        resource = self
        for name in path[:-1]:
            inner = next(resource.blocks(name), None)
            if inner is None:
                return ""
            resource = inner
        return resource.text(path[-1])

    def _reference_text(self, name: str) -> str:
        """The parameter for the first reference in an argument's configuration; empty if there is none."""
        configured_argument = self.configured.get(name) if self.configured is not None else None
        references = configured_argument.get("references") if configured_argument is not None else None
        return (
            unresolved_parameter(f"{self.module}{address_without_index(references.items[0].text)}")
            if references is not None and references.items
            else ""
        )


def _item_branches(item: Node | None) -> tuple[Node | None, ...]:
    """The values that an item of a map can have; None if the map does not have it."""
    return (None,) if item is None else tuple(alternatives(item))


def _text_of(value: Node) -> str:
    """The text of a value; a parameter if it is not known, empty for a list or map."""
    if value.kind is NodeKind.UNKNOWN:
        return unresolved_parameter(value.text)
    return value.text if value.kind is NodeKind.SCALAR and not value.is_null else ""


def planned_resources(root: Node) -> tuple[TerraformResource, ...]:
    """The resources after a plan is applied."""
    configured = configured_resources(root)
    resources = []
    modules = list(
        block_maps(_node_at(root, "planned_values", "root_module") or _node_at(root, "values", "root_module"))
    )
    while modules:
        module = modules.pop()
        modules += block_maps(module.get("child_modules"))
        for resource in block_maps(module.get("resources")):
            address, values = _text(resource, "address"), resource.get("values")
            if values is not None and _text(resource, "mode") != "data":
                expressions, prefix = configured.get(address_without_index(address), (None, ""))
                resources.append(
                    TerraformResource(address, _text(resource, "type"), JsonBlock(values, ()), expressions, prefix)
                )
    return tuple(resources)


def known_attributes(resources: Iterable[TerraformResource]) -> dict[str, str]:
    """The values of references to names, ids and ARNs that a plan has, by the names of their parameters.

    They are those of deployed resources, for which a plan has no references.
    """
    values: dict[str, str] = {}
    for resource in resources:
        naming = NAMING_BY_TYPE.get(resource.kind)
        for attribute in (*_IDENTIFIERS, *((*naming.names, *naming.arns) if naming is not None else ())):
            value = attribute_value(resource.block, attribute)
            if value is not None and value.kind is NodeKind.SCALAR and value.text:
                for address in (resource.address, address_without_index(resource.address)):
                    values.setdefault(attribute_parameter(address, attribute), value.text)
    return values


def configured_resources(root: Node) -> dict[str, tuple[Node | None, str]]:
    """The configuration of each resource of a plan and the prefix of its module, by address without indexes."""
    return dict(_configured_resources(_node_at(root, "configuration", "root_module"), ""))


def _configured_resources(module: Node | None, prefix: str) -> Iterator[tuple[str, tuple[Node | None, str]]]:
    """The configuration of each resource of a module and of the modules that it calls."""
    if module is None:
        return
    for resource in block_maps(module.get("resources")):
        yield f"{prefix}{_text(resource, 'address')}", (resource.get("expressions"), prefix)
    calls = module.get("module_calls")
    for name, call in calls.pairs if calls is not None else ():
        yield from _configured_resources(call.get("module"), f"{prefix}module.{name.text}.")


def _node_at(node: Node, *path: str) -> Node | None:
    """The value at a path of keys; None if a key is missing."""
    current: Node | None = node
    for name in path:
        current = current.get(name) if current is not None else None
    return current


def _text(node: Node, name: str) -> str:
    value = node.get(name)
    return value.text if value is not None and value.kind is NodeKind.SCALAR else ""
