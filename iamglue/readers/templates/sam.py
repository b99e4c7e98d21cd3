"""Readers for resources of the Serverless Application Model: policies of functions, state machines and APIs.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
"""

from __future__ import annotations

from collections.abc import Callable

from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.policy_collector import PolicyCollector
from iamglue.readers.templates.conditional_values import expanded_items
from iamglue.readers.templates.intrinsics import IntrinsicResolver
from iamglue.readers.templates.node_factory import NodeFactory
from iamglue.readers.templates.sam_globals import global_sections, refused_globals
from iamglue.readers.templates.sam_policy_entries import SamPolicyKind, sam_policy_kind
from iamglue.readers.templates.template_resource import TemplateResource

_API = "AWS::ApiGateway::RestApi"
_ROLE = "AWS::IAM::Role"
_SAM = "AWS::Serverless::"


def read_globals(root: Node, resolver: IntrinsicResolver, collector: PolicyCollector) -> None:
    """Collect the policies in `Globals`, which apply to every function, API or state machine."""
    record_refused_globals(root, collector)
    for name, properties in global_sections(root):
        reader = SAM_READERS.get(f"{_SAM}{name}")
        if reader is not None:
            reader(TemplateResource(f"Globals.{name}", f"{_SAM}{name}", properties, resolver, collector))


def record_refused_globals(root: Node, collector: PolicyCollector) -> None:
    """Record what SAM refuses in `Globals` as not evaluated: it is not in effect."""
    for path, key in refused_globals(root):
        reason = "SAM refuses it there, and so the whole template"
        collector.record_not_evaluated(path, f"`{path}` at {key.location}", reason)


def _read_function(resource: TemplateResource) -> None:
    """Collect the trust policy, the policies and the boundary of a function or a state machine."""
    trust = resource.get("AssumeRolePolicyDocument")
    resource.add_policies(trust, PolicyType.TRUST, resource_type=_ROLE)
    for number, policy in enumerate(expanded_items(resource.get("Policies"))):
        _read_policy(resource, policy, f"{resource.id}/{resource.id}RolePolicy{number}")
    resource.add_attachments("PermissionsBoundary", kind="permissions-boundary")


def _read_policy(resource: TemplateResource, policy: Node, name: str) -> None:
    """Collect an entry of `Policies`: a SAM policy template, a document, or the name of a managed policy."""
    match kind := sam_policy_kind(policy):
        case SamPolicyKind.DOCUMENT:
            resource.add_policies(policy, PolicyType.IDENTITY, name, owner=resource.id)
        case SamPolicyKind.TEMPLATE:
            resource.collector.add_attachment(policy.pairs[0][0], resource.id, kind, policy.pairs[0][1])
        case SamPolicyKind.INVALID:
            resource.collector.add_attachment(policy.pairs[0][0] if policy.pairs else policy, resource.id, kind)
        case SamPolicyKind.MANAGED_POLICY:
            _read_managed_policy(resource, policy, name)


def _read_managed_policy(resource: TemplateResource, policy: Node, name: str) -> None:
    """Collect the name or ARN of a managed policy; record one that is not known before deployment."""
    value = resource.resolver.resolve(policy)
    if value.kind is NodeKind.UNKNOWN:
        resource.collector.record_not_evaluated(name, f"the policy at {value.location}", f"`{value.text}` is not known")
    elif not value.is_null:
        resource.collector.add_attachment(value, resource.id)


def _read_api(resource: TemplateResource) -> None:
    """Collect the resource policies of an API: SAM's custom statements and the OpenAPI extension."""
    auth = resource.get("Auth")
    policy = auth.get("ResourcePolicy") if auth is not None else None
    statements = policy.get("CustomStatements") if policy is not None else None
    for document in (
        resource.collector.resolve_documents(statements, resource.resolver) if statements is not None else ()
    ):
        policy_document = NodeFactory(document).document(document)
        resource.collector.add(policy_document, PolicyType.RESOURCE, resource.id, resource_type=_API)
    body = resource.get("DefinitionBody")
    body_policy = body.get("x-amazon-apigateway-policy") if body is not None else None
    resource.add_policies(body_policy, PolicyType.RESOURCE, resource_type=_API)


SAM_READERS: dict[str, Callable[[TemplateResource], None]] = {
    f"{_SAM}Function": _read_function,
    f"{_SAM}StateMachine": _read_function,
    f"{_SAM}Api": _read_api,
}
