"""serverless.yml of the Serverless Framework: the role of the provider and of functions, resources of CloudFormation.

https://www.serverless.com/framework/docs/providers/aws/guide/iam
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.policy_collector import PolicyCollector
from iamglue.readers.templates.cloudformation import read_resource, read_resources
from iamglue.readers.templates.intrinsics import IntrinsicResolver, expanded_items
from iamglue.readers.templates.node_factory import NodeFactory
from iamglue.readers.templates.template_resource import TemplateResource

# The logical id of the one role that the framework makes for all functions.
_ROLE = "IamRoleLambdaExecution"


def is_serverless(root: Node) -> bool:
    """Whether a document is a serverless.yml."""
    provider = root.get("provider")
    if provider is None or root.get("service") is None:
        return False
    return provider.kind is not NodeKind.LIST and (provider.get("name") is not None or provider.kind is NodeKind.SCALAR)


def read_serverless(root: Node, found: PolicyCollector) -> None:
    """Every policy of a serverless.yml."""
    resolver = IntrinsicResolver(framework=True, budget=found.budget)
    provider = root.get("provider") or root
    _provider(TemplateResource(_ROLE, "", provider, resolver, found))
    for part in expanded_items(root.get("functions")):
        for key, function in part.pairs:
            _function(TemplateResource(key.text, "", function, resolver, found))
    for part in expanded_items(root.get("resources")):
        read_resources(part, resolver, found)
        extensions = part.get("extensions")
        for key, value in extensions.pairs if extensions is not None else ():
            read_resource(key, value, resolver, found)


def _provider(resource: TemplateResource) -> None:
    iam = resource.get("iam")
    role = iam.get("role") if iam is not None else None
    if role is not None and role.kind is NodeKind.MAP:
        inside = TemplateResource(resource.id, "", role, resource.resolver, resource.collector)
        _identity(inside, "statements")
        inside.add_attachments("managedPolicies")
        inside.add_attachments("permissionsBoundary", kind="permissions-boundary")
        inside.add_attachments("permissionBoundary", kind="permissions-boundary")
    _identity(resource, "iamRoleStatements")
    resource.add_attachments("iamManagedPolicies")
    resource.add_attachments("rolePermissionsBoundary", kind="permissions-boundary")
    gateway = resource.get("apiGateway")
    policies = (gateway.get("resourcePolicy") if gateway is not None else None, resource.get("resourcePolicy"))
    for statements in policies:
        for document in _documents(resource, statements):
            kind = "AWS::ApiGateway::RestApi"
            resource.collector.add(document, PolicyType.RESOURCE, "ApiGatewayRestApi", resource_type=kind)


def _function(resource: TemplateResource) -> None:
    """The statements of a function's own role, which the plugin serverless-iam-roles-per-function makes."""
    _identity(resource, "iamRoleStatements")
    resource.add_attachments("iamManagedPolicies")


def _identity(resource: TemplateResource, name: str) -> None:
    for document in _documents(resource, resource.get(name)):
        resource.collector.add(document, PolicyType.IDENTITY, resource.id, owner=resource.id)


def _documents(resource: TemplateResource, statements: Node | None) -> Iterator[Node]:
    """Documents of lists of statements, which the framework puts into one."""
    for found in resource.collector.resolve_documents(statements, resource.resolver) if statements is not None else ():
        yield found if found.get("Statement") is not None else NodeFactory(found).document(found)
