"""Resources of IAM, Organizations and Identity Center in a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.source.nodes import Node
from iamglue.readers.templates.intrinsics import structural_items
from iamglue.readers.templates.template_resource import Resource, referenced

ORGANIZATION_TYPES = {"SERVICE_CONTROL_POLICY": PolicyType.SCP, "RESOURCE_CONTROL_POLICY": PolicyType.RCP}
# The property of AWS::IAM::Policy that names whom the policy is put into.
_OWNERS = {"Roles": "role", "Users": "user", "Groups": "group"}


def _role(resource: Resource) -> None:
    trust = resource.get("AssumeRolePolicyDocument")
    resource.add(trust, PolicyType.TRUST, resource_type="AWS::IAM::Role")
    _principal(resource, "role")


def _user(resource: Resource) -> None:
    _principal(resource, "user")


def _group(resource: Resource) -> None:
    _principal(resource, "group")


def _principal(resource: Resource, kind: str) -> None:
    for name, document in inline_policies(resource, resource.get("Policies")):
        resource.add(document, PolicyType.IDENTITY, name, owner=resource.id, owner_kind=kind)
    resource.attach("ManagedPolicyArns")
    resource.attach("PermissionsBoundary", kind="permissions-boundary")


def inline_policies(resource: Resource, policies: Node | None) -> Iterator[tuple[str, Node]]:
    """The names and documents of a list of inline policies."""
    for number, policy in enumerate(structural_items(policies)):
        document = policy.get("PolicyDocument")
        if document is not None:
            name = resource.resolver.text(policy.get("PolicyName")) or str(number)
            yield f"{resource.id}/{name}", document


def _inline_policy(resource: Resource) -> None:
    owner, kind = None, "role"
    for name, of in _OWNERS.items():
        texts = [resource.resolver.text(item) for item in structural_items(resource.get(name))]
        if owner is None and texts and texts[0]:
            owner, kind = referenced(texts[0]), of
    resource.add(resource.get("PolicyDocument"), PolicyType.IDENTITY, owner=owner, owner_kind=kind)


def _policy_of(kind: str) -> Callable[[Resource], None]:
    def read(resource: Resource) -> None:
        owner = referenced(resource.text(f"{kind.capitalize()}Name")) or None
        resource.add(resource.get("PolicyDocument"), PolicyType.IDENTITY, owner=owner, owner_kind=kind)

    return read


def _managed_policy(resource: Resource) -> None:
    resource.add(resource.get("PolicyDocument"), PolicyType.IDENTITY, managed=True)


def _organizations_policy(resource: Resource) -> None:
    kind = ORGANIZATION_TYPES.get(resource.text("Type"))
    if kind is not None:
        resource.add(resource.get("Content"), kind)


def _permission_set(resource: Resource) -> None:
    resource.add(resource.get("InlinePolicy"), PolicyType.IDENTITY)
    resource.attach("ManagedPolicies")


IAM_READERS: dict[str, Callable[[Resource], None]] = {
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
