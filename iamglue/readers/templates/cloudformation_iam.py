"""Readers for the resources of IAM, Organizations and Identity Center in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.templates.conditional_values import expanded_items, labelled_items
from iamglue.readers.templates.intrinsic_calls import call_text, parse_intrinsic, referenced_resource
from iamglue.readers.templates.template_resource import TemplateResource

ORGANIZATION_POLICY_TYPES = {"SERVICE_CONTROL_POLICY": PolicyType.SCP, "RESOURCE_CONTROL_POLICY": PolicyType.RCP}
# Property of AWS::IAM::Policy that names the owners of the inline policy -> kind of owner.
_OWNER_KINDS = {"Roles": "role", "Users": "user", "Groups": "group"}


def _read_role(resource: TemplateResource) -> None:
    """Collect the trust policy, the inline policies and the attached policies of a role."""
    trust = resource.get("AssumeRolePolicyDocument")
    resource.add_policies(trust, PolicyType.TRUST, resource_type="AWS::IAM::Role")
    _read_principal(resource, "role")


def _read_user(resource: TemplateResource) -> None:
    _read_principal(resource, "user")


def _read_group(resource: TemplateResource) -> None:
    _read_principal(resource, "group")


def _read_principal(resource: TemplateResource, kind: str) -> None:
    """Collect the inline and attached policies of a role, user or group."""
    for name, document in inline_policies(resource, resource.get("Policies")):
        resource.add_policies(document, PolicyType.IDENTITY, name, owner=resource.id, owner_kind=kind)
    resource.add_attachments("ManagedPolicyArns")
    resource.add_attachments("PermissionsBoundary", kind="permissions-boundary")


def inline_policies(resource: TemplateResource, policies: Node | None) -> Iterator[tuple[str, Node]]:
    """The names and documents of a list of inline policies."""
    for number, (policy, labels) in enumerate(labelled_items(policies)):
        document = policy.get("PolicyDocument")
        if document is not None:
            name = resource.resolver.resolve_text(policy.get("PolicyName")) or str(number)
            yield f"{resource.id}/{name}", replace(document, branches=labels) if labels else document
        elif parse_intrinsic(policy) is not None or policy.kind is not NodeKind.MAP:
            what, reason = f"the policy at {policy.location}", f"`{call_text(policy)}` is not known"
            resource.collector.record_not_evaluated(resource.id, what, reason)


def _read_inline_policy(resource: TemplateResource) -> None:
    """Collect an inline policy; its owner is the first of its roles, else of its users, else of its groups."""
    owner, kind = None, "role"
    for name, owner_kind in _OWNER_KINDS.items():
        owners = [_owner(resource, item) for item in expanded_items(resource.get(name))]
        if owner is None and owners and owners[0]:
            owner, kind = owners[0], owner_kind
    resource.add_policies(resource.get("PolicyDocument"), PolicyType.IDENTITY, owner=owner, owner_kind=kind)


def _owner(resource: TemplateResource, node: Node | None) -> str:
    """The owner that a value names: the logical ID that it refers to, else its text."""
    return referenced_resource(node) or resource.resolver.resolve_text(node)


def _owned_policy_reader(kind: str) -> Callable[[TemplateResource], None]:
    """The reader for inline policies of one role, user or group."""

    def read(resource: TemplateResource) -> None:
        """Collect the policy of the role, user or group that the property with its name refers to."""
        owner = _owner(resource, resource.get(f"{kind.capitalize()}Name")) or None
        resource.add_policies(resource.get("PolicyDocument"), PolicyType.IDENTITY, owner=owner, owner_kind=kind)

    return read


def _read_managed_policy(resource: TemplateResource) -> None:
    resource.add_policies(resource.get("PolicyDocument"), PolicyType.IDENTITY, managed=True)


def _read_organizations_policy(resource: TemplateResource) -> None:
    """Collect an SCP or RCP; other types, such as tag policies, use other languages.

    A policy whose type is not known is recorded as not evaluated.
    """
    type_, content = resource.get("Type"), resource.get("Content")
    if type_ is None or content is None:
        return
    value = resource.resolver.resolve(type_)
    if value.kind is not NodeKind.SCALAR or value.unresolved:
        what, reason = f"the type of the policy at {content.location}", f"`{call_text(type_)}` is not known"
        resource.collector.record_not_evaluated(resource.id, what, reason)
    elif value.text in ORGANIZATION_POLICY_TYPES:
        resource.add_policies(content, ORGANIZATION_POLICY_TYPES[value.text])


def _read_permission_set(resource: TemplateResource) -> None:
    resource.add_policies(resource.get("InlinePolicy"), PolicyType.IDENTITY)
    resource.add_attachments("ManagedPolicies")


IAM_READERS: dict[str, Callable[[TemplateResource], None]] = {
    "AWS::IAM::Role": _read_role,
    "AWS::IAM::User": _read_user,
    "AWS::IAM::Group": _read_group,
    "AWS::IAM::Policy": _read_inline_policy,
    "AWS::IAM::RolePolicy": _owned_policy_reader("role"),
    "AWS::IAM::UserPolicy": _owned_policy_reader("user"),
    "AWS::IAM::GroupPolicy": _owned_policy_reader("group"),
    "AWS::IAM::ManagedPolicy": _read_managed_policy,
    "AWS::Organizations::Policy": _read_organizations_policy,
    "AWS::SSO::PermissionSet": _read_permission_set,
}
