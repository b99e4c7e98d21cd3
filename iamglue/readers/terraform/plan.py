"""Policies in a Terraform plan as `terraform show -json` writes it.

https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Gap, NotEvaluated, Subject
from iamglue.model.parsed_file import WrittenFile
from iamglue.policy.parsed_policy import Settings
from iamglue.policy.source.nodes import Node, Shape
from iamglue.readers.terraform.blocks import JsonBlock, maps
from iamglue.readers.terraform.configuration import written_file
from iamglue.readers.terraform.policies import Found
from iamglue.readers.terraform.scope import Scope
from iamglue.readers.terraform.table import INLINE, PERMISSION, RESOURCES, USES


def read_plan(path: str, root: Node, text: str, settings: Settings) -> WrittenFile:
    """The policies that there will be when the plan is applied; those that are not known yet are not evaluated."""
    found = Found(Scope(settings), settings)
    changes = _changes(root)
    resources = dict(_planned(root))
    if not resources:  # a plan without planned values, such as one that was cut down
        resources = {address: JsonBlock(each, (_kind(change),)) for address, change, each in _after(changes)}
    found.owners(resources)
    for address, block in resources.items():
        found.take(block.labels[0], address, block)
        change = changes.get(address)
        if change is not None:
            found.gaps += _unknown(address, block, change)
    return written_file(path, text, found)


def _kind(node: Node) -> str:
    found = node.get("type")
    return found.text if found is not None else ""


def _text(node: Node, name: str) -> str:
    found = node.get(name)
    return found.text if found is not None and found.shape is Shape.SCALAR else ""


def _planned(root: Node) -> Iterator[tuple[str, JsonBlock]]:
    """The managed resources of every module that hold policies, by address."""
    values = root.get("planned_values") or root.get("values")
    modules = list(maps(values.get("root_module"))) if values is not None else []
    while modules:
        module = modules.pop()
        modules += maps(module.get("child_modules"))
        for each in maps(module.get("resources")):
            of = each.get("values")
            if _kind(each) in RESOURCES and of is not None and _text(each, "mode") != "data":
                yield _text(each, "address"), JsonBlock(of, (_kind(each),))


def _changes(root: Node) -> dict[str, Node]:
    """What changes, by address, of resources that hold policies and are not deleted."""
    found: dict[str, Node] = {}
    for each in maps(root.get("resource_changes")):
        change = each.get("change")
        if _kind(each) not in RESOURCES or change is None or _text(each, "mode") == "data":
            continue
        actions = change.get("actions")
        if actions is None or [action.text for action in actions.items] != ["delete"]:
            found[_text(each, "address")] = each
    return found


def _after(changes: dict[str, Node]) -> Iterator[tuple[str, Node, Node]]:
    for address, each in changes.items():
        change = each.get("change")
        after = change.get("after") if change is not None else None
        if after is not None and after.shape is Shape.MAP:
            yield address, each, after


def _unknown(address: str, block: JsonBlock, each: Node) -> Iterator[NotEvaluated]:
    """The policies of a resource that are known only when the plan is applied."""
    change = each.get("change")
    unknown = change.get("after_unknown") if change is not None else None
    for attribute in _attributes(block.labels[0]) if unknown is not None else ():
        found = unknown.get(attribute) if unknown is not None else None
        if found is not None and found.text == "true" and block.pair(attribute) is None:
            what = f"{attribute} of {address}"
            yield NotEvaluated(Gap.UNDECIDABLE, Subject("policy", address), what, "it is known only after apply")


def _attributes(kind: str) -> tuple[str, ...]:
    if kind in INLINE:
        return ("policy",)
    if kind == PERMISSION:
        return ("principal", "source_arn", "source_account")
    return tuple(attribute for attribute, _ in USES.get(kind, ())) or ("content",) * (
        kind == "aws_organizations_policy"
    )
