"""Policies in the output of the AWS CLI and AWS APIs: a policy with its names, lists of roles, account exports.

https://docs.aws.amazon.com/cli/latest/reference/iam/
https://docs.aws.amazon.com/cli/latest/reference/iam/get-account-authorization-details.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.embedded_documents import is_document_text
from iamglue.readers.policy_collector import PolicyCollector
from iamglue.readers.policy_documents import is_policy
from iamglue.readers.resource_type_guess import guess_resource_type
from iamglue.readers.templates.cloudformation import is_template, read_template
from iamglue.readers.templates.cloudformation_iam import ORGANIZATION_POLICY_TYPES
from iamglue.readers.templates.intrinsics import IntrinsicResolver
from iamglue.readers.templates.text_substitution import ResolvedText

# Keys whose value is a policy on a resource.
_RESOURCE_POLICY_KEYS = frozenset(
    {
        "Options",
        "Policy",
        "policy",
        "ResourcePolicy",
        "resourcePolicy",
        "registryPolicyText",
        "policyDocument",
        "PolicyInJson",
        "AccessPolicies",
        "RepositoryPolicyText",
        "document",
        "accessPolicy",
        "FileSystemPolicy",
    }
)
_OWNER_KINDS = {"RoleName": "role", "UserName": "user", "GroupName": "group"}
# Roles of instance profiles are also listed in RoleDetailList.
_DUPLICATE_LISTS = frozenset({"InstanceProfileList"})
_AWS_MANAGED_ARN = ":iam::aws:policy/"


@dataclass(frozen=True, slots=True)
class _Context:
    """The identity and the policy name that the surrounding maps give to a value."""

    owner: str | None = None
    kind: str = "role"
    name: str = ""


def read_cli_output(root: Node, collector: PolicyCollector) -> None:
    """Collect every policy under a key that the AWS CLI uses for policies."""
    _OutputReader(collector).walk(root, _Context())


class _OutputReader:
    """Visits each node of the output once; it does not descend into policy documents."""

    def __init__(self, collector: PolicyCollector) -> None:
        self._collector = collector
        self._resolver = IntrinsicResolver(texts=_unchanged_text)

    def walk(self, node: Node, context: _Context) -> None:
        """Collect the policies in a node and its descendants."""
        for item in node.items:
            self.walk(item, context)
        if not node.pairs:
            return
        if is_template(node):  # cloudformation get-template
            read_template(node, self._collector)
            return
        context = _nested_context(node, context)
        self._add_attachments(node, context)
        for key, value in _relevant_pairs(node):
            if not self._add_policy_at(node, key, value, context):
                self.walk(value, context)

    def _add_policy_at(self, node: Node, key: Node, value: Node, context: _Context) -> bool:
        """Collect the value if it is a policy; True if its descendants need no visit."""
        if key.text == "Content" and node.get("PolicySummary") is not None:
            return self._add_organizations_policy(node, value)
        if not _is_document(value):
            return False
        name, owner = context.name, context.owner
        match key.text:
            case "AssumeRolePolicyDocument":
                self._add(value, PolicyType.TRUST, owner or name, resource_type="AWS::IAM::Role")
            case "PolicyDocument" if node.get("VpcEndpointId") is not None:
                self._add(value, PolicyType.RESOURCE, name, resource_type="AWS::EC2::VPCEndpoint")
            case "policyText":
                self._add(value, PolicyType.RESOURCE, name, resource_type="AWS::ECR::Repository")
            case "PolicyDocument" if owner is not None:
                self._add(value, PolicyType.IDENTITY, f"{owner}/{name}", owner=owner, owner_kind=context.kind)
            case "PolicyDocument" | "InlinePolicy":
                self._add(value, PolicyType.IDENTITY, name)
            case "Document":
                self._add(value, PolicyType.IDENTITY, name, managed=True)
            case key_text if key_text in _RESOURCE_POLICY_KEYS:
                self._add_on_resource(value, name)
            case _:
                return False
        return True

    def _add(self, node: Node, kind: PolicyType, name: str, **fields: Any) -> None:
        """Collect the documents that a value can be, such as JSON in a text."""
        self._collector.add_resolved(node, self._resolver, kind, name, **fields)

    def _add_on_resource(self, node: Node, name: str) -> None:
        """Collect a resource-based policy; the type of its resource is guessed from its actions."""
        for document in self._collector.resolve_documents(node, self._resolver):
            self._collector.add(document, PolicyType.RESOURCE, name, resource_type=guess_resource_type(document))

    def _add_organizations_policy(self, node: Node, value: Node) -> bool:
        """Collect an SCP or RCP. Always True: policies of other types are in other languages and are skipped."""
        summary = node.get("PolicySummary")
        kind = summary.get("Type") if summary is not None else None
        type_of = ORGANIZATION_POLICY_TYPES.get(kind.text if kind is not None else "")
        if type_of is not None:
            self._add(value, type_of, _text(summary, "Name"))
        return True

    def _add_attachments(self, node: Node, context: _Context) -> None:
        """Collect the managed policies and the permissions boundary attached to the identity in `context`."""
        attached_policies = node.get("AttachedManagedPolicies")
        for item in attached_policies.items if attached_policies is not None else ():
            arn = item.get("PolicyArn")
            if arn is not None and context.owner is not None:
                self._collector.add_attachment(arn, context.owner)
        boundary = node.get("PermissionsBoundary")
        arn = boundary.get("PermissionsBoundaryArn") if boundary is not None else None
        if arn is not None and context.owner is not None:
            self._collector.add_attachment(arn, context.owner, "permissions-boundary")


def _relevant_pairs(node: Node) -> Iterator[tuple[Node, Node]]:
    """The pairs to visit: only the default version of a customer managed policy, no version of an AWS managed one."""
    is_customer_managed = _AWS_MANAGED_ARN not in _text(node, "Arn")
    default = _text(node, "DefaultVersionId")
    for key, value in node.pairs:
        if key.text == "PolicyVersionList":
            if is_customer_managed:
                versions = tuple(version for version in value.items if _is_default(version, default))
                yield key, replace(value, items=versions)
        elif key.text not in _DUPLICATE_LISTS:
            yield key, value


def _is_default(version: Node, default: str) -> bool:
    """Whether a version of a managed policy is in effect, by its own flag or the policy's default version."""
    if _text(version, "IsDefaultVersion").lower() == "true":
        return True
    return default != "" and _text(version, "VersionId") == default


def _nested_context(node: Node, context: _Context) -> _Context:
    """The context for the values in a map: identity and policy name of the map, else of the surrounding one."""
    for key, kind in _OWNER_KINDS.items():
        owner = _text(node, key)
        if owner:
            context = _Context(owner, kind, context.name)
            break
    name = next((text for key in _NAME_KEYS if (text := _text(node, key))), "")
    return replace(context, name=name) if name else context


_NAME_KEYS = ("PolicyName", "policyName", "repositoryName", "DomainName", "VpcEndpointId", "Name", "name")


def _text(node: Node | None, key: str) -> str:
    value = node.get(key) if node is not None else None
    return value.text if value is not None and value.kind is NodeKind.SCALAR else ""


def _is_document(node: Node) -> bool:
    return is_policy(node) if node.kind is NodeKind.MAP and node.pairs else is_document_text(node)


def _unchanged_text(text: str) -> ResolvedText:
    return text, False
