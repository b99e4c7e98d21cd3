"""Policies in what the AWS CLI and the APIs of AWS print: one policy with its names, lists of roles, account exports.

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
_ON_RESOURCES = frozenset(
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
_OWNERS = {"RoleName": "role", "UserName": "user", "GroupName": "group"}
# The roles of instance profiles are listed among the roles, too.
_REPEATED = frozenset({"InstanceProfileList"})
_OF_AWS = ":iam::aws:policy/"


@dataclass(frozen=True, slots=True)
class _Context:
    """Whom the values belong to: the names that stand around them."""

    owner: str | None = None
    kind: str = "role"
    name: str = ""


def read_cli_output(root: Node, found: PolicyCollector) -> None:
    """Every policy that stands under a key which the AWS CLI prints policies under."""
    _Walk(found).walk(root, _Context())


class _Walk:
    """Goes through the tree once; a document is not looked into."""

    def __init__(self, found: PolicyCollector) -> None:
        self._found = found
        self._resolver = IntrinsicResolver(texts=_as_it_is)

    def walk(self, node: Node, context: _Context) -> None:
        """Take in the policies below a node."""
        for item in node.items:
            self.walk(item, context)
        if not node.pairs:
            return
        if is_template(node):  # cloudformation get-template
            read_template(node, self._found)
            return
        context = _context(node, context)
        self._attachments(node, context)
        for key, value in _worth_reading(node):
            if not self._took(node, key, value, context):
                self.walk(value, context)

    def _took(self, node: Node, key: Node, value: Node, context: _Context) -> bool:
        """Whether a value was a document, or one of a kind that is not read."""
        if key.text == "Content" and node.get("PolicySummary") is not None:
            return self._organizations_policy(node, value)
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
            case other if other in _ON_RESOURCES:
                self._add_on_resource(value, name)
            case _:
                return False
        return True

    def _add(self, node: Node, kind: PolicyType, name: str, **more: Any) -> None:
        self._found.add_resolved(node, self._resolver, kind, name, **more)

    def _add_on_resource(self, node: Node, name: str) -> None:
        for document in self._found.resolve_documents(node, self._resolver):
            self._found.add(document, PolicyType.RESOURCE, name, resource_type=guess_resource_type(document))

    def _organizations_policy(self, node: Node, value: Node) -> bool:
        summary = node.get("PolicySummary")
        kind = summary.get("Type") if summary is not None else None
        type_of = ORGANIZATION_POLICY_TYPES.get(kind.text if kind is not None else "")
        if type_of is not None:
            self._add(value, type_of, _text(summary, "Name"))
        return True

    def _attachments(self, node: Node, context: _Context) -> None:
        attached = node.get("AttachedManagedPolicies")
        for item in attached.items if attached is not None else ():
            arn = item.get("PolicyArn")
            if arn is not None and context.owner is not None:
                self._found.add_attachment(arn, context.owner)
        boundary = node.get("PermissionsBoundary")
        arn = boundary.get("PermissionsBoundaryArn") if boundary is not None else None
        if arn is not None and context.owner is not None:
            self._found.add_attachment(arn, context.owner, "permissions-boundary")


def _worth_reading(node: Node) -> Iterator[tuple[Node, Node]]:
    """The pairs of a map; of a managed policy's versions the default one, of AWS's own policies none."""
    is_own = _OF_AWS not in _text(node, "Arn")
    default = _text(node, "DefaultVersionId")
    for key, value in node.pairs:
        if key.text == "PolicyVersionList":
            if is_own:
                yield key, replace(value, items=tuple(each for each in value.items if _is_default(each, default)))
        elif key.text not in _REPEATED:
            yield key, value


def _is_default(version: Node, default: str) -> bool:
    if _text(version, "IsDefaultVersion").lower() == "true":
        return True
    return default != "" and _text(version, "VersionId") == default


def _context(node: Node, before: _Context) -> _Context:
    """What the names in a map say of the values beside them and below."""
    for key, kind in _OWNERS.items():
        owner = _text(node, key)
        if owner:
            before = _Context(owner, kind, before.name)
            break
    name = next((text for key in _NAMES if (text := _text(node, key))), "")
    return replace(before, name=name) if name else before


_NAMES = ("PolicyName", "policyName", "repositoryName", "DomainName", "VpcEndpointId", "Name", "name")


def _text(node: Node | None, key: str) -> str:
    value = node.get(key) if node is not None else None
    return value.text if value is not None and value.kind is NodeKind.SCALAR else ""


def _is_document(node: Node) -> bool:
    return is_policy(node) if node.kind is NodeKind.MAP and node.pairs else is_document_text(node)


def _as_it_is(text: str) -> ResolvedText:
    return text, False
