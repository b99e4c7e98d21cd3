"""The resources of a Terraform configuration or plan, with their arguments as texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import SourceText, Syntax
from iamglue.readers.terraform.blocks import (
    JsonBlock,
    TerraformBlock,
    attribute_value,
    block_maps,
    hcl_blocks,
    json_blocks,
)
from iamglue.readers.terraform.reference_values import address_without_index
from iamglue.readers.terraform.scope import TerraformScope
from iamglue.readers.terraform.string_templates import unresolved_parameter


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
        if value is None:
            return self._reference_text(name)
        if value.kind is NodeKind.UNKNOWN:
            return unresolved_parameter(address_without_index(value.text))
        return value.text if value.kind is NodeKind.SCALAR else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a list; a single text counts as a list of one."""
        value = attribute_value(self.block, name)
        if value is None or value.kind is not NodeKind.LIST:
            return tuple(filter(None, (self.text(name),)))
        items = (
            unresolved_parameter(address_without_index(item.text)) if item.kind is NodeKind.UNKNOWN else item.text
            for item in value.items
        )
        return tuple(filter(None, items))

    def keys(self, name: str) -> tuple[str, ...]:
        """The keys of a map."""
        value = attribute_value(self.block, name)
        return tuple(key.text for key, _ in value.pairs) if value is not None else ()

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


def configuration_resources(path: str, text: str, settings: ParameterValues) -> tuple[TerraformResource, ...]:
    """The resources of a .tf or .tf.json file. Raises IamglueError for a malformed file."""
    text = text.removeprefix("\ufeff")
    scope = TerraformScope(settings)
    if path.endswith(".json"):
        from iamglue.policy.source.json_reader import JsonReader  # noqa: PLC0415 - startup: not needed for HCL

        root = JsonReader(SourceText(path, text)).read().documents[0]
        blocks: list[TerraformBlock] = list(json_blocks(root, "resource", 2, scope))
    else:
        from iamglue.readers.terraform.hcl_tree import parse_hcl  # noqa: PLC0415 - startup: needs python-hcl2

        source = SourceText(path, text, Syntax.HCL)
        blocks = [block for block in hcl_blocks(parse_hcl(source), source, scope) if block.kind == "resource"]
    return tuple(TerraformResource(".".join(block.labels), block.labels[0], block) for block in blocks if block.labels)


def planned_resources(root: Node) -> tuple[TerraformResource, ...]:
    """The resources after a plan is applied."""
    configured = dict(_configured_resources(_node_at(root, "configuration", "root_module"), ""))
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


def _configured_resources(module: Node | None, prefix: str) -> Iterator[tuple[str, tuple[Node | None, str]]]:
    """The configuration of each resource and the prefix of its module, by address."""
    if module is None:
        return
    for resource in block_maps(module.get("resources")):
        yield f"{prefix}{_text(resource, 'address')}", (resource.get("expressions"), prefix)
    calls = module.get("module_calls")
    for name, call in calls.pairs if calls is not None else ():
        yield from _configured_resources(call.get("module"), f"{prefix}module.{name.text}.")


def _node_at(node: Node, *path: str) -> Node | None:
    current: Node | None = node
    for name in path:
        current = current.get(name) if current is not None else None
    return current


def _text(node: Node, name: str) -> str:
    value = node.get(name)
    return value.text if value is not None and value.kind is NodeKind.SCALAR else ""
