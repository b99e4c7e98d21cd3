"""Reads the policies in a Terraform plan, the output of `terraform show -json`.

https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.terraform.blocks import JsonBlock, block_maps
from iamglue.readers.terraform.configuration import build_file
from iamglue.readers.terraform.policy_attributes import POLICY_RESOURCES
from iamglue.readers.terraform.policy_collector import TerraformPolicyCollector
from iamglue.readers.terraform.reference_values import address_without_index
from iamglue.readers.terraform.resources import configured_resources
from iamglue.readers.terraform.scope import TerraformScope
from iamglue.readers.terraform.unknown_after_apply import unknown_policies


def read_plan(path: str, root: Node, text: str, settings: ParameterValues) -> ParsedFile:
    """The policies after the plan is applied; policies that are known only after apply are not evaluated."""
    collector = TerraformPolicyCollector(TerraformScope(settings), settings)
    changes = _resource_changes(root)
    resources = dict(_planned_resources(root))
    if not resources:  # a plan without planned values, such as one reduced to its changes
        resources = {
            address: JsonBlock(values, (_resource_type(change),))
            for address, change, values in _planned_changes(changes)
        }
    collector.add_owners(resources)
    configuration = configured_resources(root)
    for address, block in resources.items():
        collector.add_resource(block.labels[0], address, block)
        unknown = _values_after_apply(changes.get(address))
        if unknown is not None:
            expressions, _ = configuration.get(address_without_index(address), (None, ""))
            gaps = unknown_policies(address, block, unknown, expressions)
            collector.not_evaluated += ((path, gap) for gap in gaps)
    return build_file(path, text, collector)


def _resource_type(node: Node) -> str:
    type_node = node.get("type")
    return type_node.text if type_node is not None else ""


def _text(node: Node, name: str) -> str:
    value = node.get(name)
    return value.text if value is not None and value.kind is NodeKind.SCALAR else ""


def _planned_resources(root: Node) -> Iterator[tuple[str, JsonBlock]]:
    """The managed resources of every module that hold policies, by address."""
    values = root.get("planned_values") or root.get("values")
    modules = list(block_maps(values.get("root_module"))) if values is not None else []
    while modules:
        module = modules.pop()
        modules += block_maps(module.get("child_modules"))
        for resource in block_maps(module.get("resources")):
            attribute_values = resource.get("values")
            if (
                _resource_type(resource) in POLICY_RESOURCES
                and attribute_values is not None
                and _text(resource, "mode") != "data"
            ):
                yield _text(resource, "address"), JsonBlock(attribute_values, (_resource_type(resource),))


def _resource_changes(root: Node) -> dict[str, Node]:
    """The changes of resources that hold policies and are not deleted, by address."""
    changes: dict[str, Node] = {}
    for resource_change in block_maps(root.get("resource_changes")):
        change = resource_change.get("change")
        if (
            _resource_type(resource_change) not in POLICY_RESOURCES
            or change is None
            or _text(resource_change, "mode") == "data"
        ):
            continue
        actions = change.get("actions")
        if actions is None or [action.text for action in actions.items] != ["delete"]:
            changes[_text(resource_change, "address")] = resource_change
    return changes


def _planned_changes(changes: dict[str, Node]) -> Iterator[tuple[str, Node, Node]]:
    """The address, the change and the values after it of each changed resource that has values."""
    for address, resource_change in changes.items():
        change = resource_change.get("change")
        after = change.get("after") if change is not None else None
        if after is not None and after.kind is NodeKind.MAP:
            yield address, resource_change, after


def _values_after_apply(resource_change: Node | None) -> Node | None:
    """The map `after_unknown` of a change; None if nothing changes."""
    change = resource_change.get("change") if resource_change is not None else None
    return change.get("after_unknown") if change is not None else None
