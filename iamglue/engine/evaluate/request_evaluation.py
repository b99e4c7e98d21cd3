"""Evaluation of a request against all policy layers: the decision, its reason and the result of each layer.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

from iamglue.engine.evaluate.block_public_access import blocks_public_access
from iamglue.engine.evaluate.callers import KNOWN_KEYS
from iamglue.engine.evaluate.decision import EvaluationDecision, StatementRef
from iamglue.engine.evaluate.exemptions import is_refused_to_caller
from iamglue.engine.evaluate.grant_paths import GrantPath, LayerResults, best_grant_path, find_grant_paths
from iamglue.engine.evaluate.layer_evaluation import evaluate_layers
from iamglue.engine.evaluate.layer_results import LayerResult, evaluate_layer, find_denial
from iamglue.engine.evaluate.layers import Layer, Layers, is_key_used
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.request_scope import (
    SERVICES_REQUIRING_RESOURCE_POLICY,
    RequestScope,
    actions_without_permission,
    build_request_scope,
    same_account_assumptions,
)
from iamglue.engine.evaluate.statements import Refs

CitedStatement = tuple[Layer, StatementRef]
_DENY_VERBS = ("denies", "deny")
_ALLOW_VERBS = ("allows", "allow")


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """The decision and its reason. `decided_by` has the deciding statements, none for an implicit denial.

    `assumptions` lists what was assumed because the caller did not state it. `layer_results` has the result of each
    layer.
    """

    decision: EvaluationDecision
    reason: str
    decided_by: tuple[CitedStatement, ...]
    request: Request
    assumptions: tuple[str, ...] = ()
    layer_results: tuple[LayerResult, ...] = field(default=(), repr=False)

    @property
    def allowed(self) -> bool:
        """Whether the request is definitely allowed."""
        return self.decision is EvaluationDecision.ALLOWED


def evaluate_request(layers: Layers, request: Request, resource_account: str | None = None) -> EvaluationResult:
    """Evaluate the request against all layers together.

    An explicit Deny in any layer that applies wins. Otherwise a grant path must hold: the principal's own policies, a
    resource-based policy, or both for a resource of another account. The decision is UNKNOWN only if it
    depends on an undecided statement: a Deny that may apply does not matter if nothing allows.

    Raises IamglueError like `build_request_scope`.
    """
    if layers.identity and _only_identity_policies_apply(layers, request.action):
        assumptions = same_account_assumptions(request, resource_account)
        if assumptions is not None:
            return _identity_only_result(layers.identity, request, assumptions)
    scope = build_request_scope(request, resource_account)
    if is_refused_to_caller(scope.caller.kind, request.action):
        reason = f"AWS refuses `{request.action}` to {scope.caller.kind.value}, whatever policies allow"
        return EvaluationResult(EvaluationDecision.IMPLICITLY_DENIED, reason, (), scope.request, scope.assumptions)
    results = evaluate_layers(layers, scope)
    if request.action.lower() in actions_without_permission():
        return _permission_free_result(scope, results)
    result = _policy_result(scope, results)
    return _after_block_public_access(layers.resource, result, scope) if layers.block_public_access else result


def _policy_result(scope: RequestScope, results: LayerResults) -> EvaluationResult:
    """The result of all statements. A Deny that is undecided matters only if a grant path holds or may hold."""
    is_denied, denying = find_denial(results.present)
    requested = f"`{scope.request.action}` on `{scope.request.resource}`"
    if is_denied:
        reason = f"{_cite_statements(denying, _DENY_VERBS)} {requested}"
        return _build_result(EvaluationDecision.EXPLICITLY_DENIED, reason, denying, scope, results)
    path = best_grant_path(find_grant_paths(results, scope))
    if path.holds is False:
        missing = _missing_statements(path, results)
        reason = f"{missing} allows {requested}{_undecided_deny_clause(denying)}"
        return _build_result(EvaluationDecision.IMPLICITLY_DENIED, reason, (), scope, results, path)
    if denying:
        reason = f"it is not known whether {_cite_statements(denying, _DENY_VERBS)} {requested}"
        return _build_result(EvaluationDecision.UNKNOWN, reason, denying, scope, results)
    return _granted_result(path, requested, scope, results)


def _permission_free_result(scope: RequestScope, results: LayerResults) -> EvaluationResult:
    """The result for an action that requires no permission. AWS does not say whether an endpoint policy controls it."""
    action, endpoint = scope.request.action, results.endpoint
    if endpoint is None or (endpoint.allowed and endpoint.denied is False):
        reason = f"`{action}` requires no permission: no policy controls it"
        return EvaluationResult(EvaluationDecision.ALLOWED, reason, (), scope.request, scope.assumptions)
    reason = f"`{action}` requires no permission, but it is not known whether a {endpoint.layer.label} controls it"
    cited = tuple((endpoint.layer, ref) for ref in (*endpoint.denies, *endpoint.maybe_denies))
    return EvaluationResult(EvaluationDecision.UNKNOWN, reason, cited, scope.request, scope.assumptions, (endpoint,))


def _after_block_public_access(
    resource: Layer | None, result: EvaluationResult, scope: RequestScope
) -> EvaluationResult:
    """The result if S3 Block Public Access is on: it overrides what policies allow."""
    if result.decision is EvaluationDecision.EXPLICITLY_DENIED:
        return result
    is_blocked, reason = blocks_public_access(resource, scope)
    if is_blocked:
        return replace(result, decision=EvaluationDecision.EXPLICITLY_DENIED, reason=reason, decided_by=())
    if is_blocked is None and result.allowed:
        reason = f"it is not known whether the request is blocked: {reason}"
        return replace(result, decision=EvaluationDecision.UNKNOWN, reason=reason, decided_by=())
    return result


@lru_cache(maxsize=8192)
def _only_identity_policies_apply(layers: Layers, action: str) -> bool:
    """True if only identity policies affect this request: no other layer, required resource policy or known key."""
    if layers.identity is None or layers.present != (layers.identity,) or layers.block_public_access:
        return False
    may_require_resource_policy = action.partition(":")[0].lower() in SERVICES_REQUIRING_RESOURCE_POLICY
    return not may_require_resource_policy and not any(is_key_used(layers.identity, key) for key in KNOWN_KEYS)


def _identity_only_result(layer: Layer, request: Request, assumptions: tuple[str, ...]) -> EvaluationResult:
    """The same result as by grant paths, but faster: most batches of requests have only identity policies."""
    result = evaluate_layer(layer, request)
    requested = f"`{request.action}` on `{request.resource}`"
    if result.denies:
        parts = _decision_parts(EvaluationDecision.EXPLICITLY_DENIED, layer, result.denies, requested, _DENY_VERBS)
    elif not result.allows and not result.maybe_allows:
        undecided = tuple((layer, ref) for ref in result.maybe_denies)
        reason = f"no statement allows {requested}{_undecided_deny_clause(undecided)}"
        parts = EvaluationDecision.IMPLICITLY_DENIED, reason, ()
    elif result.maybe_denies:
        parts = _decision_parts(EvaluationDecision.UNKNOWN, layer, result.maybe_denies, requested, _DENY_VERBS)
    elif result.allows:
        parts = _decision_parts(EvaluationDecision.ALLOWED, layer, result.allows, requested, _ALLOW_VERBS)
    else:
        parts = _decision_parts(EvaluationDecision.UNKNOWN, layer, result.maybe_allows, requested, _ALLOW_VERBS)
    return EvaluationResult(*parts, request, assumptions, (result,))


def _decision_parts(
    decision: EvaluationDecision, layer: Layer, refs: Refs, requested: str, verbs: tuple[str, str]
) -> tuple[EvaluationDecision, str, tuple[CitedStatement, ...]]:
    """The decision, its reason, and the statements that it cites."""
    cited, clause = _cite_layer_statements(layer, refs, verbs)
    prefix = "it is not known whether " if decision is EvaluationDecision.UNKNOWN else ""
    return decision, f"{prefix}{clause} {requested}", cited


@lru_cache(maxsize=8192)
def _cite_layer_statements(layer: Layer, refs: Refs, verbs: tuple[str, str]) -> tuple[tuple[CitedStatement, ...], str]:
    """The cited statements, and the beginning of a sentence about them."""
    cited = tuple((layer, ref) for ref in refs)
    return cited, _cite_statements(cited, verbs)


def _granted_result(path: GrantPath, requested: str, scope: RequestScope, results: LayerResults) -> EvaluationResult:
    """The result of a grant path that holds or may hold, for a request that no Deny applies to."""
    if path.holds is None:
        undecided = path.undecided_statements
        reason = f"it is not known whether {_cite_statements(undecided, _ALLOW_VERBS)} {requested}"
        return _build_result(EvaluationDecision.UNKNOWN, reason, undecided, scope, results, path)
    allowing = path.allowing_statements
    subject = _cite_statements(allowing, _ALLOW_VERBS) if allowing else path.granted_by
    return _build_result(EvaluationDecision.ALLOWED, f"{subject} {requested}", allowing, scope, results, path)


def _missing_statements(path: GrantPath, results: LayerResults) -> str:
    """What a path lacks, as the subject of a sentence."""
    identity_missing = any(
        requirement.layer_result is results.identity and requirement.holds is False for requirement in path.requirements
    )
    return "no statement" if results.present == (results.identity,) and identity_missing else path.missing


def _undecided_deny_clause(undecided: tuple[CitedStatement, ...]) -> str:
    """The end of a sentence about a request that nothing allows: which statements may deny it as well."""
    return f"; it is not known whether {_cite_statements(undecided, _DENY_VERBS)} it as well" if undecided else ""


def _build_result(
    decision: EvaluationDecision,
    reason: str,
    cited: tuple[CitedStatement, ...],
    scope: RequestScope,
    results: LayerResults,
    path: GrantPath | None = None,
) -> EvaluationResult:
    """The result with the assumptions of all steps."""
    assumptions = [*scope.assumptions, *results.assumptions, *(path.assumptions if path else ())]
    if scope.role_arn and any(is_key_used(result.layer, "aws:principalarn") for result in results.present):
        assumptions.append(f"aws:PrincipalArn is assumed to be {scope.role_arn}, a role without a path")
    return EvaluationResult(decision, reason, cited, scope.request, tuple(dict.fromkeys(assumptions)), results.present)


def _cite_statements(cited: tuple[CitedStatement, ...], verbs: tuple[str, str]) -> str:
    """Citations of the statements and the verb, singular or plural."""
    citations = ", ".join(layer.cite(ref) for layer, ref in cited)
    return f"{citations} {verbs[0] if len(cited) == 1 else verbs[1]}"
