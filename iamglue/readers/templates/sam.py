"""Resources of the Serverless Application Model: policies of functions, state machines and APIs.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
"""

from __future__ import annotations

from collections.abc import Callable

from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.source.nodes import Node, Shape
from iamglue.readers.found_policies import FoundPolicies
from iamglue.readers.templates.intrinsics import Resolver, intrinsic, structural_items
from iamglue.readers.templates.made_nodes import Maker
from iamglue.readers.templates.template_resource import Resource

_API = "AWS::ApiGateway::RestApi"
_ROLE = "AWS::IAM::Role"
_SAM = "AWS::Serverless::"


def read_globals(root: Node, resolver: Resolver, found: FoundPolicies) -> None:
    """What `Globals` says for every function, API and state machine."""
    given = root.get("Globals")
    for name, reader in (("Function", _function), ("StateMachine", _function), ("Api", _api)):
        properties = given.get(name) if given is not None else None
        if properties is not None and properties.shape is Shape.MAP and intrinsic(properties) is None:
            reader(Resource(f"Globals.{name}", f"{_SAM}{name}", properties, resolver, found))


def _function(resource: Resource) -> None:
    trust = resource.get("AssumeRolePolicyDocument")
    resource.add(trust, PolicyType.TRUST, resource_type=_ROLE)
    for number, policy in enumerate(structural_items(resource.get("Policies"))):
        _policy(resource, policy, f"{resource.id}/{resource.id}RolePolicy{number}")
    resource.attach("PermissionsBoundary", kind="permissions-boundary")


def _policy(resource: Resource, policy: Node, name: str) -> None:
    template = _sam_template(policy)
    if template is not None:
        resource.found.attach(template, resource.id, "sam-template")
    elif policy.shape is Shape.MAP and intrinsic(policy) is None:
        resource.add(policy, PolicyType.IDENTITY, name, owner=resource.id)
    else:
        value = resource.resolver.resolved(policy)
        if value.shape is Shape.UNKNOWN:
            resource.found.gap(name, f"the policy at {value.location}", f"`{value.text}` is not known")
        elif not value.is_null:
            resource.found.attach(value, resource.id)


def _sam_template(policy: Node) -> Node | None:
    """The key that names one of SAM's policy templates (`S3ReadPolicy: {BucketName: ...}`)."""
    if policy.shape is not Shape.MAP or len(policy.pairs) != 1 or intrinsic(policy) is not None:
        return None
    key, value = policy.pairs[0]
    return key if key.text.endswith("Policy") and value.shape is not Shape.LIST else None


def _api(resource: Resource) -> None:
    auth = resource.get("Auth")
    policy = auth.get("ResourcePolicy") if auth is not None else None
    statements = policy.get("CustomStatements") if policy is not None else None
    for document in resource.found.documents(statements, resource.resolver) if statements is not None else ():
        made = Maker(document).document(document)
        resource.found.add(made, PolicyType.RESOURCE, resource.id, resource_type=_API)
    body = resource.get("DefinitionBody")
    written = body.get("x-amazon-apigateway-policy") if body is not None else None
    resource.add(written, PolicyType.RESOURCE, resource_type=_API)


SAM_READERS: dict[str, Callable[[Resource], None]] = {
    f"{_SAM}Function": _function,
    f"{_SAM}StateMachine": _function,
    f"{_SAM}Api": _api,
}
