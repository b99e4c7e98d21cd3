"""The results of all layers that apply to a request."""

from __future__ import annotations

from collections.abc import Callable

from iamglue.engine.evaluate.callers import KINDS_WITHOUT_IDENTITY_POLICIES, CallerKind
from iamglue.engine.evaluate.exemptions import find_exemption
from iamglue.engine.evaluate.grant_paths import LayerResults
from iamglue.engine.evaluate.layer_results import Boundary, LayerResult, evaluate_layer
from iamglue.engine.evaluate.layers import Layer, Layers, is_key_used
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.engine.evaluate.principals import principal_test
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.request_scope import RequestScope


def evaluate_layers(
    layers: Layers, scope: RequestScope, evaluate: Callable[[Layer, Request, Boundary], LayerResult] = evaluate_layer
) -> LayerResults:
    """Evaluate each layer that applies to the request by `evaluate`."""
    request, has_no_identity_policies = scope.request, scope.caller.kind in KINDS_WITHOUT_IDENTITY_POLICIES
    boundary = Boundary.SET if layers.boundary and not has_no_identity_policies else Boundary.NONE

    def evaluate_optional(layer: Layer | None, *, applies: bool) -> LayerResult | None:
        return evaluate(layer, request, boundary) if layer and applies else None

    scps, scp_assumptions = _organization_levels(PolicyKind.SCP, layers, scope)
    rcps, rcp_assumptions = _organization_levels(PolicyKind.RCP, layers, scope)
    # AWS services do not use the VPC endpoints of their customers.
    uses_endpoint = scope.caller.kind is not CallerKind.SERVICE
    return LayerResults(
        evaluate_optional(layers.identity, applies=not has_no_identity_policies),
        evaluate_optional(layers.boundary, applies=not has_no_identity_policies),
        evaluate_optional(layers.session, applies=not has_no_identity_policies),
        tuple(evaluate(layer, request, Boundary.NONE) for layer in scps),
        tuple(evaluate(layer, request, Boundary.NONE) for layer in rcps),
        evaluate_optional(layers.endpoint, applies=uses_endpoint),
        evaluate_optional(layers.resource, applies=True),
        (*rcp_assumptions, *scp_assumptions, *_endpoint_assumptions(layers, scope), *_role_assumptions(layers, scope)),
    )


def _endpoint_assumptions(layers: Layers, scope: RequestScope) -> tuple[str, ...]:
    """What is assumed about a request through a VPC endpoint."""
    if layers.endpoint is None:
        return ()
    if scope.caller.kind is CallerKind.SERVICE:
        return ("the VPC endpoint policy is assumed not to apply to an AWS service",)
    key = "aws:sourcevpce"
    if key in scope.request.lowercase_context or not any(is_key_used(layer, key) for layer in layers.present):
        return ()
    return ("the request is assumed to have no aws:SourceVpce, although it goes through a VPC endpoint",)


def _role_assumptions(layers: Layers, scope: RequestScope) -> tuple[str, ...]:
    """What is assumed about a role that NotPrincipal exempts: its requests are those of sessions, with other ARNs."""
    if scope.caller.kind is not CallerKind.ROLE or not (layers.resource or layers.endpoint):
        return ()
    elements = (
        statement.principals
        for layer in (layers.resource, layers.endpoint)
        if layer
        for policy in layer.policies
        for statement in policy.statements
    )
    if any(element and element.negated and principal_test(element)(scope.request) is False for element in elements):
        return ("NotPrincipal is assumed to list the role's session as well",)
    return ()


def _organization_levels(
    kind: PolicyKind, layers: Layers, scope: RequestScope
) -> tuple[tuple[Layer, ...], tuple[str, ...]]:
    """The levels of SCPs or RCPs, none if they do not apply to the request, and what that assumes."""
    levels, account, side = (
        (layers.scps, scope.caller.account, "principal")
        if kind is PolicyKind.SCP
        else (layers.rcps, scope.resource_account, "resource")
    )
    exemption = find_exemption(kind, scope, layers.management_account) if levels else None
    if exemption:
        name = kind.display_name.replace("policy", "policies")
        return (), (f"{name} are assumed not to apply to {exemption}",)
    if levels and layers.management_account is not None and account is None:
        return levels, (f"the {side} is assumed not to be in the management account",)
    return levels, ()
