"""Reads the policies of the resources in CloudFormation and SAM templates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.parsed_values import items
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.embedded_documents import is_document_text
from iamglue.readers.policy_collector import PolicyCollector
from iamglue.readers.templates.cloudformation_iam import IAM_READERS
from iamglue.readers.templates.cloudformation_permissions import PERMISSION_READERS
from iamglue.readers.templates.cloudformation_policy_properties import (
    NON_IAM_POLICY_TYPES,
    POLICY_PROPERTIES,
    PolicyProperty,
)
from iamglue.readers.templates.conditional_values import expanded_items
from iamglue.readers.templates.intrinsic_calls import parse_intrinsic
from iamglue.readers.templates.intrinsics import IntrinsicResolver
from iamglue.readers.templates.reference_values import set_option_values, template_references
from iamglue.readers.templates.sam import SAM_READERS, read_globals
from iamglue.readers.templates.template_conditions import condition_cases
from iamglue.readers.templates.template_expansion import expand_template
from iamglue.readers.templates.template_resource import TemplateResource

_READERS: dict[str, Callable[[TemplateResource], None]] = {**IAM_READERS, **PERMISSION_READERS, **SAM_READERS}
# Types that create resources by a template of their own, which is not read.
_STACK_SET, _MODULE = "AWS::CloudFormation::StackSet", "::MODULE"
_TYPE_PREFIXES = ("AWS::", "Custom::", "Alexa::")


def is_template(root: Node) -> bool:
    """Whether a document is a template, or a part of a template with its resources."""
    resources = root.get("Resources")
    if resources is None or resources.kind is not NodeKind.MAP:
        return False
    if root.key("AWSTemplateFormatVersion") is not None or root.key("Transform") is not None:
        return True
    types = (value.get("Type") for _, value in resources.pairs)
    return any(type_node is not None and type_node.text.startswith(_TYPE_PREFIXES) for type_node in types)


def read_template(root: Node, collector: PolicyCollector) -> None:
    """Collect every policy of a template."""
    root = expand_template(root, collector.settings)
    references = template_references(root)
    collector.reference_names = references.names
    collector.condition_cases = _condition_cases(root, collector)
    resolver = IntrinsicResolver(root, references=references, budget=collector.budget)
    read_globals(root, resolver, collector)
    read_resources(root, resolver, collector)


def _condition_cases(root: Node, collector: PolicyCollector) -> tuple[Mapping[str, bool], ...]:
    """The truths that the conditions of a template can have together; none if they are too many."""
    if root.get("Conditions") is None:
        return ()
    combinations = condition_cases(root, set_option_values(collector.settings))
    return combinations.cases if combinations.complete else ()


def _is_synthesized(root: Node) -> bool:
    """Whether the CDK wrote the template: it sets the parameter or the metadata.

    https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
    """
    parameters, resources = root.get("Parameters"), root.get("Resources")
    if parameters is not None and parameters.get("BootstrapVersion") is not None:
        return True
    metadata = (value.get("Metadata") for _, value in (resources.pairs if resources is not None else ()))
    return any(node is not None and node.get("aws:cdk:path") is not None for node in metadata)


def read_resources(root: Node, resolver: IntrinsicResolver, collector: PolicyCollector) -> None:
    """Collect every policy of the resources of a template."""
    collector.synthesized = collector.synthesized or _is_synthesized(root)
    resources = root.get("Resources")
    for key, value in resources.pairs if resources is not None else ():
        if key.text.startswith("Fn::"):
            collector.record_not_evaluated(
                key.text, f"the resources at {key.location}", f"the result of `{key.text}` is not known"
            )
        elif value.kind is NodeKind.MAP:
            read_resource(key, value, resolver, collector)


def read_resource(key: Node, value: Node, resolver: IntrinsicResolver, collector: PolicyCollector) -> None:
    """Collect every policy of one resource."""
    macro = value.key("Fn::Transform")
    if macro is not None:
        collector.record_not_evaluated(
            key.text, f"the resource at {key.location}", f"the result of `{macro.text}` is not known"
        )
    kind, properties = value.get("Type"), value.get("Properties")
    if properties is None or properties.kind is not NodeKind.MAP:
        return
    condition = value.get("Condition")
    if condition is not None:
        properties = replace(properties, branches=frozenset({(condition.text, True)}))
    resource = TemplateResource(key.text, kind.text if kind is not None else "", properties, resolver, collector)
    _record_unread_template(resource)
    intrinsic = parse_intrinsic(properties)
    if intrinsic is not None:
        collector.record_not_evaluated(
            key.text, f"the properties at {properties.location}", f"the result of `{intrinsic[0]}` is not known"
        )
    elif resource.type in _READERS:
        _READERS[resource.type](resource)
    elif resource.type in POLICY_PROPERTIES:
        for policy_property in POLICY_PROPERTIES[resource.type]:
            _read_policy_property(resource, policy_property)
    elif resource.type not in NON_IAM_POLICY_TYPES:
        _read_any_document(resource)
    elif any(_documents_below(resource.properties, ())):
        reason = f"policies of `{resource.type}` are not in the language of IAM"
        resource.collector.record_not_evaluated(resource.id, f"the policy of `{resource.id}`", reason)


def _record_unread_template(resource: TemplateResource) -> None:
    """Record a resource that creates others by a template that is not read: a stack set or a module.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stackset.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/modules.html
    """
    if resource.type == _STACK_SET:
        what, reason = "stack set", "it deploys a template of its own to other accounts"
    elif resource.type.endswith(_MODULE):
        what, reason = "module", f"the template of `{resource.type}` is in the CloudFormation registry"
    else:
        return
    resource.collector.record_not_evaluated(
        resource.id, f"the policies of the {what} `{resource.id}`", f"{reason}, which is not read"
    )


def _read_policy_property(resource: TemplateResource, policy_property: PolicyProperty) -> None:
    """Collect the policies of a property; several documents at its path are numbered."""
    nodes = list(_nodes_at(resource.properties, policy_property.path.split(".")))
    for number, node in enumerate(nodes):
        name = f"{resource.id}/{number}" if len(nodes) > 1 else resource.id
        resource.add_policies(node, policy_property.type, name, resource_type=policy_property.resource_type)


def _nodes_at(node: Node, path: list[str]) -> Iterator[Node]:
    """The nodes at a path of keys; a key with `[]` visits every item of its list."""
    if not path:
        yield node
        return
    value = node.get(path[0].removesuffix("[]"))
    for item in expanded_items(value) if path[0].endswith("[]") else (value,):
        if item is not None:
            yield from _nodes_at(item, path[1:])


def _read_any_document(resource: TemplateResource) -> None:
    """Collect the documents of a resource type that is not in the table, at any depth: those with statements."""
    for path, document in _documents_below(resource.properties, ()):
        resource.add_policies(document, PolicyType.IDENTITY, "/".join((resource.id, *path)), guess=True)


def _documents_below(node: Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Node]]:
    """The documents in a value, each with the keys that lead to it."""
    if _is_document(node) or (path and path[-1].endswith("PolicyDocument") and node.get("Statement") is not None):
        yield path, node
        return
    for key, value in node.pairs:
        yield from _documents_below(value, path if key.text.startswith("Fn::") else (*path, key.text))
    for item in node.items:
        yield from _documents_below(item, path)


def _is_document(node: Node) -> bool:
    """Whether a map, or the JSON in a text, has statements with an Effect."""
    if node.kind is NodeKind.SCALAR:
        return is_document_text(node) and '"Statement"' in node.text and '"Effect"' in node.text
    statements = node.get("Statement")
    return statements is not None and any(item.get("Effect") is not None for item in items(statements))
