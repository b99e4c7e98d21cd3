"""Whether a request is allowed when every layer has its say: the decision, its reason, and what each layer said.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from iamglue.engine.evaluate.callers import KINDS_WITHOUT_IDENTITY_POLICIES, KNOWN_KEYS
from iamglue.engine.evaluate.decision import EvaluationDecision, StatementRef
from iamglue.engine.evaluate.grant_paths import GrantPath, LayerResults, best_grant_path, find_grant_paths
from iamglue.engine.evaluate.layer_results import Boundary, LayerResult, evaluate_layer, find_denial
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
_DENY = ("denies", "deny")
_ALLOW = ("allows", "allow")


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """The answer, in words too; `decided_by` are the statements that made it so, none for an implicit denial.

    `assumed` says what was taken to be so for want of being told, `opinions` what each layer said.
    """

    decision: EvaluationDecision
    reason: str
    decided_by: tuple[CitedStatement, ...]
    request: Request
    assumptions: tuple[str, ...] = ()
    layer_results: tuple[LayerResult, ...] = field(default=(), repr=False)

    @property
    def allowed(self) -> bool:
        """Whether the answer is a plain yes."""
        return self.decision is EvaluationDecision.ALLOWED


def evaluate_request(layers: Layers, request: Request, resource_account: str | None = None) -> EvaluationResult:
    """Whether the request is allowed by all layers together.

    An explicit Deny in any layer that binds the request wins. Then some route to access must be open: by the
    principal's own policies, by a resource-based policy, or for another account's resource by both. Where a
    statement that matters cannot be decided, the answer is unknown. Raises IamglueError as `setting` does.
    """
    if layers.identity and _is_plain(layers, request.action):
        assumed = same_account_assumptions(request, resource_account)
        if assumed is not None:
            return _plain(layers.identity, request, assumed)
    around = build_request_scope(request, resource_account)
    if request.action.lower() in actions_without_permission():
        reason = f"AWS asks no permission for `{request.action}`: no policy controls it"
        return EvaluationResult(EvaluationDecision.ALLOWED, reason, (), around.request, around.assumptions)
    say = _say(layers, around)
    denied, denying = find_denial(say.present)
    wanted = f"`{request.action}` on `{request.resource}`"
    if denied:
        return _effective(
            EvaluationDecision.EXPLICITLY_DENIED, f"{_cited(denying, _DENY)} {wanted}", denying, around, say
        )
    route = best_grant_path(find_grant_paths(say, around))
    if denied is None:
        reason = f"it is not known whether {_cited(denying, _DENY)} {wanted}"
        return _effective(EvaluationDecision.UNKNOWN, reason, denying, around, say)
    return _by_route(route, wanted, around, say)


@lru_cache(maxsize=8192)
def _is_plain(layers: Layers, action: str) -> bool:
    """Whether the identity-based policies decide alone, and nothing that AWS knows besides matters to them."""
    if layers.identity is None or layers.present != (layers.identity,):
        return False
    special = action.partition(":")[0].lower() in SERVICES_REQUIRING_RESOURCE_POLICY
    return not special and not any(is_key_used(layers.identity, key) for key in KNOWN_KEYS)


def _plain(layer: Layer, request: Request, assumed: tuple[str, ...]) -> EvaluationResult:
    """The same as by routes, in a fraction of the time: most batches of requests are of this sort."""
    said = evaluate_layer(layer, request)
    wanted = f"`{request.action}` on `{request.resource}`"
    if said.denies:
        return EvaluationResult(
            *_answer(EvaluationDecision.EXPLICITLY_DENIED, layer, said.denies, wanted, _DENY), request, assumed, (said,)
        )
    if said.maybe_denies:
        return EvaluationResult(
            *_answer(EvaluationDecision.UNKNOWN, layer, said.maybe_denies, wanted, _DENY), request, assumed, (said,)
        )
    if said.allows:
        return EvaluationResult(
            *_answer(EvaluationDecision.ALLOWED, layer, said.allows, wanted, _ALLOW), request, assumed, (said,)
        )
    if said.maybe_allows:
        return EvaluationResult(
            *_answer(EvaluationDecision.UNKNOWN, layer, said.maybe_allows, wanted, _ALLOW), request, assumed, (said,)
        )
    return EvaluationResult(
        EvaluationDecision.IMPLICITLY_DENIED, f"no statement allows {wanted}", (), request, assumed, (said,)
    )


def _answer(
    answer: EvaluationDecision, layer: Layer, refs: Refs, wanted: str, says: tuple[str, str]
) -> tuple[EvaluationDecision, str, tuple[CitedStatement, ...]]:
    cited, words = _in_layer(layer, refs, says)
    doubt = "it is not known whether " if answer is EvaluationDecision.UNKNOWN else ""
    return answer, f"{doubt}{words} {wanted}", cited


@lru_cache(maxsize=8192)
def _in_layer(layer: Layer, refs: Refs, says: tuple[str, str]) -> tuple[tuple[CitedStatement, ...], str]:
    cited = tuple((layer, ref) for ref in refs)
    return cited, _cited(cited, says)


def _by_route(route: GrantPath, wanted: str, around: RequestScope, say: LayerResults) -> EvaluationResult:
    if route.holds:
        allowing = route.allowing_statements
        reason = f"{_cited(allowing, _ALLOW)} {wanted}" if allowing else f"{route.granted_by} {wanted}"
        return _effective(EvaluationDecision.ALLOWED, reason, allowing, around, say, route)
    if route.holds is None:
        unknown = route.undecided_statements
        reason = f"it is not known whether {_cited(unknown, _ALLOW)} {wanted}"
        return _effective(EvaluationDecision.UNKNOWN, reason, unknown, around, say, route)
    lacks_identity = any(step.layer_result is say.identity and step.holds is False for step in route.requirements)
    missing = "no statement" if say.present == (say.identity,) and lacks_identity else route.missing
    return _effective(EvaluationDecision.IMPLICITLY_DENIED, f"{missing} allows {wanted}", (), around, say, route)


def _effective(
    answer: EvaluationDecision,
    reason: str,
    cited: tuple[CitedStatement, ...],
    around: RequestScope,
    say: LayerResults,
    route: GrantPath | None = None,
) -> EvaluationResult:
    assumed = [*around.assumptions, *say.assumptions, *(route.assumptions if route else ())]
    if around.role_arn and any(is_key_used(each.layer, "aws:principalarn") for each in say.present):
        assumed.append(f"aws:PrincipalArn is taken to be {around.role_arn}, a role without a path")
    return EvaluationResult(answer, reason, cited, around.request, tuple(dict.fromkeys(assumed)), say.present)


def _say(layers: Layers, around: RequestScope) -> LayerResults:
    """What each layer that binds the request says of it."""
    request, outside = around.request, around.caller.kind in KINDS_WITHOUT_IDENTITY_POLICIES
    boundary = Boundary.SET if layers.boundary and not outside else Boundary.NONE

    def of(layer: Layer | None, *, applies: bool) -> LayerResult | None:
        return evaluate_layer(layer, request, boundary) if layer and applies else None

    assumed = []
    if layers.rcps and not around.under_rcps:
        assumed.append(f"the resource control policies are taken not to bind `{request.action}`")
    if layers.scps and not around.under_scps:
        assumed.append(f"the service control policies are taken not to bind {around.caller.kind.value}")
    return LayerResults(
        of(layers.identity, applies=not outside),
        of(layers.boundary, applies=not outside),
        of(layers.session, applies=not outside),
        tuple(evaluate_layer(layer, request) for layer in layers.scps if around.under_scps),
        tuple(evaluate_layer(layer, request) for layer in layers.rcps if around.under_rcps),
        of(layers.resource, applies=True),
        tuple(assumed),
    )


def _cited(cited: tuple[CitedStatement, ...], says: tuple[str, str]) -> str:
    said = ", ".join(layer.cite(ref) for layer, ref in cited)
    return f"{said} {says[0] if len(cited) == 1 else says[1]}"
