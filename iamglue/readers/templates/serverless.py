"""serverless.yml of the Serverless Framework: the role of the provider and of functions, resources of CloudFormation.

https://www.serverless.com/framework/docs/providers/aws/guide/iam
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.source.nodes import Node, Shape
from iamglue.readers.found_policies import FoundPolicies
from iamglue.readers.templates.cloudformation import read_resource, read_resources
from iamglue.readers.templates.intrinsics import Resolver, structural_items
from iamglue.readers.templates.made_nodes import Maker
from iamglue.readers.templates.template_resource import Resource

# The logical id of the one role that the framework makes for all functions.
_ROLE = "IamRoleLambdaExecution"


def is_serverless(root: Node) -> bool:
    """Whether a document is a serverless.yml."""
    provider = root.get("provider")
    if provider is None or root.get("service") is None:
        return False
    return provider.shape is not Shape.LIST and (provider.get("name") is not None or provider.shape is Shape.SCALAR)


def read_serverless(root: Node, found: FoundPolicies) -> None:
    """Every policy of a serverless.yml."""
    resolver = Resolver(framework=True, budget=found.budget)
    provider = root.get("provider") or root
    _provider(Resource(_ROLE, "", provider, resolver, found))
    for part in structural_items(root.get("functions")):
        for key, function in part.pairs:
            _function(Resource(key.text, "", function, resolver, found))
    for part in structural_items(root.get("resources")):
        read_resources(part, resolver, found)
        extensions = part.get("extensions")
        for key, value in extensions.pairs if extensions is not None else ():
            read_resource(key, value, resolver, found)


def _provider(resource: Resource) -> None:
    iam = resource.get("iam")
    role = iam.get("role") if iam is not None else None
    if role is not None and role.shape is Shape.MAP:
        inside = Resource(resource.id, "", role, resource.resolver, resource.found)
        _identity(inside, "statements")
        inside.attach("managedPolicies")
        inside.attach("permissionsBoundary", kind="permissions-boundary")
        inside.attach("permissionBoundary", kind="permissions-boundary")
    _identity(resource, "iamRoleStatements")
    resource.attach("iamManagedPolicies")
    resource.attach("rolePermissionsBoundary", kind="permissions-boundary")
    gateway = resource.get("apiGateway")
    policies = (gateway.get("resourcePolicy") if gateway is not None else None, resource.get("resourcePolicy"))
    for statements in policies:
        for document in _documents(resource, statements):
            kind = "AWS::ApiGateway::RestApi"
            resource.found.add(document, PolicyType.RESOURCE, "ApiGatewayRestApi", resource_type=kind)


def _function(resource: Resource) -> None:
    """The statements of a function's own role, which the plugin serverless-iam-roles-per-function makes."""
    _identity(resource, "iamRoleStatements")
    resource.attach("iamManagedPolicies")


def _identity(resource: Resource, name: str) -> None:
    for document in _documents(resource, resource.get(name)):
        resource.found.add(document, PolicyType.IDENTITY, resource.id, owner=resource.id)


def _documents(resource: Resource, statements: Node | None) -> Iterator[Node]:
    """Documents of lists of statements, which the framework puts into one."""
    for found in resource.found.documents(statements, resource.resolver) if statements is not None else ():
        yield found if found.get("Statement") is not None else Maker(found).document(found)
