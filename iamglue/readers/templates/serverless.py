"""Reads serverless.yml of the Serverless Framework: roles of provider and functions, CloudFormation resources.

https://www.serverless.com/framework/docs/providers/aws/guide/iam
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.policy_collector import PolicyCollector
from iamglue.readers.templates.cloudformation import read_resource, read_resources
from iamglue.readers.templates.conditional_values import expanded_items
from iamglue.readers.templates.intrinsics import IntrinsicResolver
from iamglue.readers.templates.node_factory import NodeFactory
from iamglue.readers.templates.serverless_template import SHARED_ROLE
from iamglue.readers.templates.serverless_variables import resolve_serverless_variables
from iamglue.readers.templates.template_resource import TemplateResource


def read_serverless(root: Node, collector: PolicyCollector) -> None:
    """Collect every policy of a serverless.yml."""
    root = resolve_serverless_variables(root)
    resolver = IntrinsicResolver(framework=True, budget=collector.budget)
    provider = root.get("provider") or root
    _read_provider(TemplateResource(SHARED_ROLE, "", provider, resolver, collector))
    for part in expanded_items(root.get("functions")):
        for key, function in part.pairs:
            _read_function(TemplateResource(key.text, "", function, resolver, collector))
    for part in expanded_items(root.get("resources")):
        read_resources(part, resolver, collector)
        extensions = part.get("extensions")
        for key, value in extensions.pairs if extensions is not None else ():
            read_resource(key, value, resolver, collector)


def _read_provider(resource: TemplateResource) -> None:
    """Collect the policies of the shared role and the resource policies of API Gateway."""
    iam = resource.get("iam")
    role = iam.get("role") if iam is not None else None
    if role is not None and role.kind is NodeKind.MAP:
        _read_role(TemplateResource(resource.id, "", role, resource.resolver, resource.collector))
    _add_identity_policies(resource, "iamRoleStatements")
    resource.add_attachments("iamManagedPolicies")
    resource.add_attachments("rolePermissionsBoundary", kind="permissions-boundary")
    gateway = resource.get("apiGateway")
    policies = (gateway.get("resourcePolicy") if gateway is not None else None, resource.get("resourcePolicy"))
    for statements in policies:
        for document in _statement_documents(resource, statements):
            kind = "AWS::ApiGateway::RestApi"
            resource.collector.add(document, PolicyType.RESOURCE, "ApiGatewayRestApi", resource_type=kind)


def _read_role(resource: TemplateResource) -> None:
    """Collect the policies in the settings of a role that the framework makes."""
    _add_identity_policies(resource, "statements")
    resource.add_attachments("managedPolicies")
    resource.add_attachments("permissionsBoundary", kind="permissions-boundary")
    resource.add_attachments("permissionBoundary", kind="permissions-boundary")


def _read_function(resource: TemplateResource) -> None:
    """Collect the statements of a function's separate role, in their present and older place."""
    _add_identity_policies(resource, "iamRoleStatements")
    resource.add_attachments("iamManagedPolicies")
    iam = resource.get("iam")
    role = iam.get("role") if iam is not None else None
    if role is not None and role.kind is NodeKind.MAP:
        _read_role(TemplateResource(resource.id, "", role, resource.resolver, resource.collector))


def _add_identity_policies(resource: TemplateResource, name: str) -> None:
    for document in _statement_documents(resource, resource.get(name)):
        resource.collector.add(document, PolicyType.IDENTITY, resource.id, owner=resource.id)


def _statement_documents(resource: TemplateResource, statements: Node | None) -> Iterator[Node]:
    """The documents in a property; a list of statements becomes a document, as in the framework."""
    for document in (
        resource.collector.resolve_documents(statements, resource.resolver) if statements is not None else ()
    ):
        yield document if document.get("Statement") is not None else NodeFactory(document).document(document)
