"""Access of a role by resource-based policies, if they were read: of buckets, queues and keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iamglue.audit.access.policy_layers import AttachedLayer
from iamglue.audit.access.role_access import RoleAccess
from iamglue.engine.evaluate.layers import Layer, Layers, build_layer
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.request_evaluation import evaluate_request
from iamglue.model.account import AttachedPolicy
from iamglue.model.role_context import RoleContext


def is_allowed_by_resource_policy(context: RoleContext, access: RoleAccess, request: Request) -> bool:
    """Whether the policy of the resource allows a request that the role's policies alone do not allow."""
    for policy in _resource_policies(context, request.resource):
        if policy.policy is None:
            continue
        layers = _all_layers(context, access, build_layer(PolicyKind.RESOURCE, [policy.policy], (policy.name,)))
        with_principal = Request(request.action, request.resource, request.context, context.role.arn)
        if evaluate_request(layers, with_principal).allowed:
            return True
    return False


def _resource_policies(context: RoleContext, resource: str) -> Iterator[AttachedPolicy]:
    """Yield the policies of the resource or of what it is part of, such as the bucket of an object."""
    for arn, policy in context.account.resource_policies:
        if resource == arn or resource.startswith((f"{arn}/", f"{arn}:")):
            yield policy


def _all_layers(context: RoleContext, access: RoleAccess, resource: Layer) -> Layers:
    """The layers of a request of the role: its policies, its boundary, the SCPs, and the resource's policy."""
    limits = list(access.limits)
    boundary = (
        limits.pop(0) if context.role.boundary and limits and limits[0].policies == (context.role.boundary,) else None
    )
    return Layers(
        _build_layer(PolicyKind.IDENTITY, access.identity_layer.policies),
        None if boundary is None else _limit_layer(PolicyKind.BOUNDARY, boundary),
        scps=tuple(_limit_layer(PolicyKind.SCP, layer, level) for level, layer in enumerate(limits, 1)),
        resource=resource,
    )


def _limit_layer(kind: PolicyKind, policy_layer: AttachedLayer, level: int = 1) -> Layer:
    return _build_layer(kind, policy_layer.policies, level)


def _build_layer(kind: PolicyKind, policies: Sequence[AttachedPolicy], level: int = 1) -> Layer:
    readable = [(policy.policy, policy.name) for policy in policies if policy.policy is not None]
    return build_layer(kind, [policy for policy, _ in readable], [name for _, name in readable], level)
