"""What a template has that gives access, and that is not compared by the algebra: who is in a group, what a macro adds.

Each has a name and a text; where the text differs between two versions, the answer for the file is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from iamglue.changes.access_calls import find_access_call, find_named_access
from iamglue.changes.access_properties import access_of_properties, property_texts
from iamglue.changes.node_texts import node_text
from iamglue.changes.policy_settings import SEPARATE_SETTINGS, settings_of_properties
from iamglue.changes.resource_types import is_access_key, is_compared_type
from iamglue.changes.sam_parts import find_dynamic_references, sam_event_texts, sam_global_parts
from iamglue.changes.serverless_parts import serverless_parts
from iamglue.changes.template_values import TemplateValues
from iamglue.changes.terraform_parts import block_parts
from iamglue.changes.value_files import has_parameter_values
from iamglue.model.access_change import NotCompared
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.policy_documents import has_statements
from iamglue.readers.templates.cloudformation import is_template
from iamglue.readers.templates.serverless_format import is_serverless
from iamglue.readers.terraform.plan_format import is_plan
from iamglue.readers.terraform.resources import planned_resources

# Properties that attach policies to whom `audit` does not read: users, groups, accounts.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html
_PROPERTIES = {
    "AWS::IAM::User": ("ManagedPolicyArns", "Groups", "PermissionsBoundary", "LoginProfile"),
    "AWS::IAM::Group": ("ManagedPolicyArns",),
    "AWS::IAM::Policy": ("Users", "Groups"),
    "AWS::IAM::ManagedPolicy": ("Users", "Groups"),
    "AWS::Organizations::Policy": ("TargetIds",),
    "AWS::SSO::PermissionSet": ("ManagedPolicies", "CustomerManagedPolicyReferences", "PermissionsBoundary"),
}
# The macros of AWS whose result is read, or that change no policy; another macro may add anything.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html
_KNOWN_TRANSFORMS = frozenset({"AWS::Serverless-2016-10-31", "AWS::LanguageExtensions", "AWS::CodeDeployBlueGreen"})
_TRANSFORM_KEY = "Fn::Transform"
_RESOURCE_TYPES = ("AWS::", "Custom::")


def find_other_access(path: str, root: Node, text: str) -> Mapping[str, NotCompared]:
    """What a JSON or YAML document has that is not a policy which is compared, by name; `text` is that of its file."""
    if is_plan(root):
        resources = planned_resources(root)
        return dict(part for item in resources for part in block_parts(item.address, item.kind, item.block))
    if is_serverless(root):
        return dict(_serverless_parts(root, text))
    if is_template(root):
        values = TemplateValues(root)
        return {name: replace(part, text=values.with_values(part.text)) for name, part in _template_parts(root)}
    return dict(_document_parts(path, root, text))


def _document_parts(path: str, root: Node, text: str) -> Iterator[tuple[str, NotCompared]]:
    """Yield what a document that is not a template gives access by, by name: values, roles, calls of other tools."""
    if has_statements(root):
        return
    yield from find_named_access(path, text).items()
    if has_parameter_values(root):
        yield "values for a deployment", NotCompared(node_text(root))
    yield from _fragment_parts(root)
    if any(root.get(name) is not None for name in ("openapi", "swagger")):
        access = "\n".join(property_texts(root, is_access_key))
        yield "who may call the API", NotCompared(access, only_if_changed=True)
    name = find_access_call(text, with_tools=True)
    if name is not None:
        yield f"a document with `{name}`", NotCompared(text)


def _serverless_parts(root: Node, text: str) -> Iterator[tuple[str, NotCompared]]:
    """Yield what a file of the Serverless Framework and its resources give access by, by name."""
    yield from serverless_parts(root, text)
    resources = root.get("resources")
    parts = () if resources is None else resources.items if resources.kind is NodeKind.LIST else (resources,)
    for part in parts:
        values = TemplateValues(part)
        yield from ((name, replace(item, text=values.with_values(item.text))) for name, item in _template_parts(part))


def _fragment_parts(root: Node) -> Iterator[tuple[str, NotCompared]]:
    """Yield what resources give access by in a file that templates include: one resource, or several by name."""
    for name, node in (("it", root), *((key.text, value) for key, value in root.pairs)):
        type_node = node.get("Type")
        if type_node is not None and type_node.text.startswith(_RESOURCE_TYPES):
            yield from _resource_parts(name, node)


def _template_parts(root: Node) -> Iterator[tuple[str, NotCompared]]:
    """Yield parts of a template that may give access without a policy, by name."""
    transforms = root.get("Transform")
    for node in () if transforms is None else transforms.items if transforms.kind is NodeKind.LIST else (transforms,):
        name = node.get("Name") if node.pairs else node
        if name is not None and name.text not in _KNOWN_TRANSFORMS:
            yield f"the macro `{name.text}`, which may add access", NotCompared(node_text(root))
    if _has_transform(root):
        yield f"`{_TRANSFORM_KEY}`, which may add access", NotCompared(node_text(root))
    yield from sam_global_parts(root)
    resources = root.get("Resources")
    for key, resource in () if resources is None else resources.pairs:
        if key.text.startswith("Fn::ForEach"):
            yield f"`{key.text}`", NotCompared(node_text(resource))
        yield from _resource_parts(key.text, resource)


def _resource_parts(logical_id: str, resource: Node) -> Iterator[tuple[str, NotCompared]]:
    """Yield what a resource of a template gives access by, by name: the whole resource, properties, or its roles."""
    type_node, properties = resource.get("Type"), resource.get("Properties")
    resource_type = "" if type_node is None else type_node.text
    title = f"`{logical_id}` ({resource_type})"
    for property_name in _PROPERTIES.get(resource_type, ()):
        value = None if properties is None else properties.get(property_name)
        if value is not None:
            yield f"`{property_name}` of {title}", NotCompared(node_text(value))
    condition = resource.get("Condition")
    text = "" if condition is None else node_text(condition)
    yield f"the condition of {title}", NotCompared(text, only_if_changed=True)
    references = "\n".join(sorted(find_dynamic_references(properties))) if is_compared_type(resource_type) else ""
    yield f"the dynamic references of {title}", NotCompared(references, only_if_changed=True)
    if resource_type == "AWS::Serverless::Function" and properties is not None:
        yield f"who may call {title}", NotCompared("\n".join(sam_event_texts(properties)), is_grant=True)
    access = access_of_properties(resource_type, resource, SEPARATE_SETTINGS.get(resource_type, ()))
    if access is not None:
        yield title, access
    yield from settings_of_properties(title, resource_type, properties)


def _has_transform(root: Node) -> bool:
    nodes = (node for node in root.walk() if node.text == _TRANSFORM_KEY or (node.tag or "").startswith("!Transform"))
    return next(nodes, None) is not None
