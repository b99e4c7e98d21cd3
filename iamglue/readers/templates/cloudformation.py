"""CloudFormation templates, SAM's among them: the policies of their resources."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.policy_collector import PolicyCollector
from iamglue.readers.templates.cloudformation_iam import IAM_READERS
from iamglue.readers.templates.cloudformation_permissions import PERMISSION_READERS
from iamglue.readers.templates.cloudformation_policy_properties import (
    NON_IAM_POLICY_TYPES,
    POLICY_PROPERTIES,
    PolicyProperty,
)
from iamglue.readers.templates.intrinsics import IntrinsicResolver, expanded_items, parse_intrinsic
from iamglue.readers.templates.sam import SAM_READERS, read_globals
from iamglue.readers.templates.template_resource import TemplateResource

_READERS: dict[str, Callable[[TemplateResource], None]] = {**IAM_READERS, **PERMISSION_READERS, **SAM_READERS}
_TYPE_PREFIXES = ("AWS::", "Custom::", "Alexa::")


def is_template(root: Node) -> bool:
    """Whether a document is a template, or a part of one that has its resources."""
    resources = root.get("Resources")
    if resources is None or resources.kind is not NodeKind.MAP:
        return False
    if root.key("AWSTemplateFormatVersion") is not None or root.key("Transform") is not None:
        return True
    types = (value.get("Type") for _, value in resources.pairs)
    return any(each is not None and each.text.startswith(_TYPE_PREFIXES) for each in types)


def read_template(root: Node, found: PolicyCollector) -> None:
    """Every policy of a template."""
    resolver = IntrinsicResolver(root, budget=found.budget)
    read_globals(root, resolver, found)
    read_resources(root, resolver, found)


def read_resources(root: Node, resolver: IntrinsicResolver, found: PolicyCollector) -> None:
    """Every policy of the resources of a template."""
    resources = root.get("Resources")
    for key, value in resources.pairs if resources is not None else ():
        if key.text.startswith("Fn::"):
            found.record_not_evaluated(
                key.text, f"the resources at {key.location}", f"what `{key.text}` makes is not known"
            )
        elif value.kind is NodeKind.MAP and parse_intrinsic(value) is None:
            read_resource(key, value, resolver, found)


def read_resource(key: Node, value: Node, resolver: IntrinsicResolver, found: PolicyCollector) -> None:
    """Every policy of one resource."""
    kind, properties = value.get("Type"), value.get("Properties")
    if properties is None or properties.kind is not NodeKind.MAP:
        return
    resource = TemplateResource(key.text, kind.text if kind is not None else "", properties, resolver, found)
    called = parse_intrinsic(properties)
    if called is not None:
        found.record_not_evaluated(
            key.text, f"the properties at {properties.location}", f"what `{called[0]}` makes is not known"
        )
    elif resource.type in _READERS:
        _READERS[resource.type](resource)
    elif resource.type in POLICY_PROPERTIES:
        for place in POLICY_PROPERTIES[resource.type]:
            _read_place(resource, place)
    elif resource.type not in NON_IAM_POLICY_TYPES:
        _read_any_document(resource)


def _read_place(resource: TemplateResource, place: PolicyProperty) -> None:
    found = list(_at(resource.properties, place.path.split(".")))
    for number, node in enumerate(found):
        name = f"{resource.id}/{number}" if len(found) > 1 else resource.id
        resource.add_policies(node, place.type, name, resource_type=place.resource_type)


def _at(node: Node, path: list[str]) -> Iterator[Node]:
    if not path:
        yield node
        return
    value = node.get(path[0].removesuffix("[]"))
    for each in expanded_items(value) if path[0].endswith("[]") else (value,):
        if each is not None:
            yield from _at(each, path[1:])


def _read_any_document(resource: TemplateResource) -> None:
    """Documents of resources that the table does not know: a map with statements, named `...PolicyDocument`."""
    for key, value in resource.properties.pairs:
        if key.text.endswith("PolicyDocument") and value.get("Statement") is not None:
            resource.add_policies(value, PolicyType.IDENTITY, f"{resource.id}/{key.text}", guess=True)
