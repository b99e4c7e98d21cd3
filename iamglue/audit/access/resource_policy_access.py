"""Access of a role by resource-based policies, if they were read: of buckets, queues and keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iamglue.audit.access.policy_layers import PolicyLayer
from iamglue.audit.access.role_access import RoleAccess
from iamglue.engine.evaluate.layers import Layer, Layers, build_layer
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.request_evaluation import evaluate_request
from iamglue.model.account import AttachedPolicy
from iamglue.model.role_context import RoleContext


def is_allowed_by_resource_policy(case: RoleContext, access: RoleAccess, request: Request) -> bool:
    """Whether the policy of the resource allows a request that the role's policies alone do not allow."""
    for policy in _policies(case, request.resource):
        if policy.policy is None:
            continue
        layers = _layers(case, access, build_layer(PolicyKind.RESOURCE, [policy.policy], (policy.name,)))
        asked = Request(request.action, request.resource, request.context, case.role.arn)
        if evaluate_request(layers, asked).allowed:
            return True
    return False


def _policies(case: RoleContext, resource: str) -> Iterator[AttachedPolicy]:
    for arn, policy in case.account.resource_policies:
        if resource == arn or resource.startswith((f"{arn}/", f"{arn}:")):
            yield policy


def _layers(case: RoleContext, access: RoleAccess, resource: Layer) -> Layers:
    limits = list(access.limits)
    boundary = limits.pop(0) if case.role.boundary and limits and limits[0].policies == (case.role.boundary,) else None
    return Layers(
        _layer(PolicyKind.IDENTITY, access.identity_layer.policies),
        None if boundary is None else _of(PolicyKind.BOUNDARY, boundary),
        scps=tuple(_of(PolicyKind.SCP, each, level) for level, each in enumerate(limits, 1)),
        resource=resource,
    )


def _of(kind: PolicyKind, part: PolicyLayer, level: int = 1) -> Layer:
    return _layer(kind, part.policies, level)


def _layer(kind: PolicyKind, policies: Sequence[AttachedPolicy], level: int = 1) -> Layer:
    readable = [(each.policy, each.name) for each in policies if each.policy is not None]
    return build_layer(kind, [policy for policy, _ in readable], [name for _, name in readable], level)
