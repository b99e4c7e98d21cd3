"""Policies in a Terraform plan as `terraform show -json` writes it.

https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.terraform.blocks import JsonBlock, block_maps
from iamglue.readers.terraform.configuration import build_file
from iamglue.readers.terraform.policy_attributes import (
    INLINE_POLICY_RESOURCES,
    LAMBDA_PERMISSION,
    POLICY_ATTRIBUTES,
    POLICY_RESOURCES,
)
from iamglue.readers.terraform.policy_collector import TerraformPolicyCollector
from iamglue.readers.terraform.scope import TerraformScope


def read_plan(path: str, root: Node, text: str, settings: ParameterValues) -> ParsedFile:
    """The policies that there will be when the plan is applied; those that are not known yet are not evaluated."""
    found = TerraformPolicyCollector(TerraformScope(settings), settings)
    changes = _changes(root)
    resources = dict(_planned(root))
    if not resources:  # a plan without planned values, such as one that was cut down
        resources = {address: JsonBlock(each, (_kind(change),)) for address, change, each in _after(changes)}
    found.add_owners(resources)
    for address, block in resources.items():
        found.add_resource(block.labels[0], address, block)
        change = changes.get(address)
        if change is not None:
            found.not_evaluated += _unknown(address, block, change)
    return build_file(path, text, found)


def _kind(node: Node) -> str:
    found = node.get("type")
    return found.text if found is not None else ""


def _text(node: Node, name: str) -> str:
    found = node.get(name)
    return found.text if found is not None and found.kind is NodeKind.SCALAR else ""


def _planned(root: Node) -> Iterator[tuple[str, JsonBlock]]:
    """The managed resources of every module that hold policies, by address."""
    values = root.get("planned_values") or root.get("values")
    modules = list(block_maps(values.get("root_module"))) if values is not None else []
    while modules:
        module = modules.pop()
        modules += block_maps(module.get("child_modules"))
        for each in block_maps(module.get("resources")):
            of = each.get("values")
            if _kind(each) in POLICY_RESOURCES and of is not None and _text(each, "mode") != "data":
                yield _text(each, "address"), JsonBlock(of, (_kind(each),))


def _changes(root: Node) -> dict[str, Node]:
    """What changes, by address, of resources that hold policies and are not deleted."""
    found: dict[str, Node] = {}
    for each in block_maps(root.get("resource_changes")):
        change = each.get("change")
        if _kind(each) not in POLICY_RESOURCES or change is None or _text(each, "mode") == "data":
            continue
        actions = change.get("actions")
        if actions is None or [action.text for action in actions.items] != ["delete"]:
            found[_text(each, "address")] = each
    return found


def _after(changes: dict[str, Node]) -> Iterator[tuple[str, Node, Node]]:
    for address, each in changes.items():
        change = each.get("change")
        after = change.get("after") if change is not None else None
        if after is not None and after.kind is NodeKind.MAP:
            yield address, each, after


def _unknown(address: str, block: JsonBlock, each: Node) -> Iterator[NotEvaluated]:
    """The policies of a resource that are known only when the plan is applied."""
    change = each.get("change")
    unknown = change.get("after_unknown") if change is not None else None
    for attribute in _attributes(block.labels[0]) if unknown is not None else ():
        found = unknown.get(attribute) if unknown is not None else None
        if found is not None and found.text == "true" and block.attribute(attribute) is None:
            what = f"{attribute} of {address}"
            yield NotEvaluated(
                NotEvaluatedKind.UNDECIDABLE, Subject("policy", address), what, "it is known only after apply"
            )


def _attributes(kind: str) -> tuple[str, ...]:
    if kind in INLINE_POLICY_RESOURCES:
        return ("policy",)
    if kind == LAMBDA_PERMISSION:
        return ("principal", "source_arn", "source_account")
    return tuple(attribute for attribute, _ in POLICY_ATTRIBUTES.get(kind, ())) or ("content",) * (
        kind == "aws_organizations_policy"
    )
