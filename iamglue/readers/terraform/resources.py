"""The resources of a Terraform configuration or plan by address, their arguments as texts."""

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
    """A resource, or a block in it. Of a plan, `written` is what the configuration says, and `module` where it stands.

    What a plan does not know yet stands in `written` as the names of what it refers to.
    """

    address: str
    kind: str
    block: TerraformBlock
    configured: Node | None = None
    module: str = ""

    def text(self, name: str) -> str:
        """The text of an argument: a parameter where it is not known, empty where it is not set."""
        found = attribute_value(self.block, name)
        if found is None:
            return self._referred(name)
        if found.kind is NodeKind.UNKNOWN:
            return unresolved_parameter(address_without_index(found.text))
        return found.text if found.kind is NodeKind.SCALAR else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a list, or the one text."""
        found = attribute_value(self.block, name)
        if found is None or found.kind is not NodeKind.LIST:
            return tuple(filter(None, (self.text(name),)))
        items = (
            unresolved_parameter(address_without_index(each.text)) if each.kind is NodeKind.UNKNOWN else each.text
            for each in found.items
        )
        return tuple(filter(None, items))

    def keys(self, name: str) -> tuple[str, ...]:
        """The keys of a map."""
        found = attribute_value(self.block, name)
        return tuple(each.text for each, _ in found.pairs) if found is not None else ()

    def blocks(self, name: str) -> Iterator[TerraformResource]:
        """The blocks of a name in this one."""
        written = block_maps(self.configured.get(name)) if self.configured is not None else ()
        for number, each in enumerate(self.block.blocks(name)):
            said = written[min(number, len(written) - 1)] if written else None
            yield TerraformResource(self.address, self.kind, each, said, self.module)

    def nested_text(self, *path: str) -> str:
        """The text of an argument in the first blocks of a path."""
        at = self
        for name in path[:-1]:
            inner = next(at.blocks(name), None)
            if inner is None:
                return ""
            at = inner
        return at.text(path[-1])

    def _referred(self, name: str) -> str:
        said = self.configured.get(name) if self.configured is not None else None
        found = said.get("references") if said is not None else None
        return (
            unresolved_parameter(f"{self.module}{address_without_index(found.items[0].text)}")
            if found is not None and found.items
            else ""
        )


def configuration_resources(path: str, text: str, settings: ParameterValues) -> tuple[TerraformResource, ...]:
    """The resources of a .tf or .tf.json file. Raises IamglueError for one that cannot be read."""
    text = text.removeprefix("\ufeff")
    scope = TerraformScope(settings)
    if path.endswith(".json"):
        from iamglue.policy.source.json_reader import JsonReader  # noqa: PLC0415 - startup: HCL needs none of it

        root = JsonReader(SourceText(path, text)).read().documents[0]
        blocks: list[TerraformBlock] = list(json_blocks(root, "resource", 2, scope))
    else:
        from iamglue.readers.terraform.hcl_tree import parse_hcl  # noqa: PLC0415 - startup: needs python-hcl2

        origin = SourceText(path, text, Syntax.HCL)
        blocks = [each for each in hcl_blocks(parse_hcl(origin), origin, scope) if each.kind == "resource"]
    return tuple(TerraformResource(".".join(each.labels), each.labels[0], each) for each in blocks if each.labels)


def planned_resources(root: Node) -> tuple[TerraformResource, ...]:
    """The resources that there will be when a plan is applied."""
    configured = dict(_configured(_at(root, "configuration", "root_module"), ""))
    found = []
    modules = list(block_maps(_at(root, "planned_values", "root_module") or _at(root, "values", "root_module")))
    while modules:
        module = modules.pop()
        modules += block_maps(module.get("child_modules"))
        for each in block_maps(module.get("resources")):
            address, of = _text(each, "address"), each.get("values")
            if of is not None and _text(each, "mode") != "data":
                written, prefix = configured.get(address_without_index(address), (None, ""))
                found.append(TerraformResource(address, _text(each, "type"), JsonBlock(of, ()), written, prefix))
    return tuple(found)


def _configured(module: Node | None, prefix: str) -> Iterator[tuple[str, tuple[Node | None, str]]]:
    """What the configuration says of each resource, by its address, and the module that it is in."""
    if module is None:
        return
    for each in block_maps(module.get("resources")):
        yield f"{prefix}{_text(each, 'address')}", (each.get("expressions"), prefix)
    calls = module.get("module_calls")
    for name, call in calls.pairs if calls is not None else ():
        yield from _configured(call.get("module"), f"{prefix}module.{name.text}.")


def _at(node: Node, *path: str) -> Node | None:
    found: Node | None = node
    for name in path:
        found = found.get(name) if found is not None else None
    return found


def _text(node: Node, name: str) -> str:
    found = node.get(name)
    return found.text if found is not None and found.kind is NodeKind.SCALAR else ""
