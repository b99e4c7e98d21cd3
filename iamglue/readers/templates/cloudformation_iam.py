"""Resources of IAM, Organizations and Identity Center in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.source.nodes import Node
from iamglue.readers.templates.intrinsics import expanded_items
from iamglue.readers.templates.template_resource import TemplateResource, referenced_id

ORGANIZATION_POLICY_TYPES = {"SERVICE_CONTROL_POLICY": PolicyType.SCP, "RESOURCE_CONTROL_POLICY": PolicyType.RCP}
# The property of AWS::IAM::Policy that names whom the policy is put into.
_OWNERS = {"Roles": "role", "Users": "user", "Groups": "group"}


def _role(resource: TemplateResource) -> None:
    trust = resource.get("AssumeRolePolicyDocument")
    resource.add_policies(trust, PolicyType.TRUST, resource_type="AWS::IAM::Role")
    _principal(resource, "role")


def _user(resource: TemplateResource) -> None:
    _principal(resource, "user")


def _group(resource: TemplateResource) -> None:
    _principal(resource, "group")


def _principal(resource: TemplateResource, kind: str) -> None:
    for name, document in inline_policies(resource, resource.get("Policies")):
        resource.add_policies(document, PolicyType.IDENTITY, name, owner=resource.id, owner_kind=kind)
    resource.add_attachments("ManagedPolicyArns")
    resource.add_attachments("PermissionsBoundary", kind="permissions-boundary")


def inline_policies(resource: TemplateResource, policies: Node | None) -> Iterator[tuple[str, Node]]:
    """The names and documents of a list of inline policies."""
    for number, policy in enumerate(expanded_items(policies)):
        document = policy.get("PolicyDocument")
        if document is not None:
            name = resource.resolver.resolve_text(policy.get("PolicyName")) or str(number)
            yield f"{resource.id}/{name}", document


def _inline_policy(resource: TemplateResource) -> None:
    owner, kind = None, "role"
    for name, of in _OWNERS.items():
        texts = [resource.resolver.resolve_text(item) for item in expanded_items(resource.get(name))]
        if owner is None and texts and texts[0]:
            owner, kind = referenced_id(texts[0]), of
    resource.add_policies(resource.get("PolicyDocument"), PolicyType.IDENTITY, owner=owner, owner_kind=kind)


def _policy_of(kind: str) -> Callable[[TemplateResource], None]:
    def read(resource: TemplateResource) -> None:
        owner = referenced_id(resource.text(f"{kind.capitalize()}Name")) or None
        resource.add_policies(resource.get("PolicyDocument"), PolicyType.IDENTITY, owner=owner, owner_kind=kind)

    return read


def _managed_policy(resource: TemplateResource) -> None:
    resource.add_policies(resource.get("PolicyDocument"), PolicyType.IDENTITY, managed=True)


def _organizations_policy(resource: TemplateResource) -> None:
    kind = ORGANIZATION_POLICY_TYPES.get(resource.text("Type"))
    if kind is not None:
        resource.add_policies(resource.get("Content"), kind)


def _permission_set(resource: TemplateResource) -> None:
    resource.add_policies(resource.get("InlinePolicy"), PolicyType.IDENTITY)
    resource.add_attachments("ManagedPolicies")


IAM_READERS: dict[str, Callable[[TemplateResource], None]] = {
    "AWS::IAM::Role": _role,
    "AWS::IAM::User": _user,
    "AWS::IAM::Group": _group,
    "AWS::IAM::Policy": _inline_policy,
    "AWS::IAM::RolePolicy": _policy_of("role"),
    "AWS::IAM::UserPolicy": _policy_of("user"),
    "AWS::IAM::GroupPolicy": _policy_of("group"),
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::Organizations::Policy": _organizations_policy,
    "AWS::SSO::PermissionSet": _permission_set,
}
