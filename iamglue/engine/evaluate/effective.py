"""Whether a request is allowed when every layer has its say: the decision, its reason, and what each layer said.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from iamglue.engine.evaluate.callers import KNOWN_KEYS, OUTSIDE
from iamglue.engine.evaluate.decision import Answer, StatementRef
from iamglue.engine.evaluate.grant_paths import Route, Say, best, routes
from iamglue.engine.evaluate.layer_results import Boundary, Opinion, denial_of, opinion
from iamglue.engine.evaluate.layers import Layer, Layers, mentions
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.request_scope import WITH_OWN_POLICIES, Setting, at_home, open_actions, setting
from iamglue.engine.evaluate.statements import Refs

Cited = tuple[Layer, StatementRef]
_DENY = ("denies", "deny")
_ALLOW = ("allows", "allow")


@dataclass(frozen=True, slots=True)
class Effective:
    """The answer, in words too; `decided_by` are the statements that made it so, none for an implicit denial.

    `assumed` says what was taken to be so for want of being told, `opinions` what each layer said.
    """

    decision: Answer
    reason: str
    decided_by: tuple[Cited, ...]
    request: Request
    assumed: tuple[str, ...] = ()
    opinions: tuple[Opinion, ...] = field(default=(), repr=False)

    @property
    def allowed(self) -> bool:
        """Whether the answer is a plain yes."""
        return self.decision is Answer.ALLOWED


def decide(layers: Layers, request: Request, resource_account: str | None = None) -> Effective:
    """Whether the request is allowed by all layers together.

    An explicit Deny in any layer that binds the request wins. Then some route to access must be open: by the
    principal's own policies, by a resource-based policy, or for another account's resource by both. Where a
    statement that matters cannot be decided, the answer is unknown. Raises IamglueError as `setting` does.
    """
    if layers.identity and _is_plain(layers, request.action):
        assumed = at_home(request, resource_account)
        if assumed is not None:
            return _plain(layers.identity, request, assumed)
    around = setting(request, resource_account)
    if request.action.lower() in open_actions():
        reason = f"AWS asks no permission for `{request.action}`: no policy controls it"
        return Effective(Answer.ALLOWED, reason, (), around.request, around.assumed)
    say = _say(layers, around)
    denied, denying = denial_of(say.opinions)
    wanted = f"`{request.action}` on `{request.resource}`"
    if denied:
        return _effective(Answer.EXPLICITLY_DENIED, f"{_cited(denying, _DENY)} {wanted}", denying, around, say)
    route = best(routes(say, around))
    if denied is None:
        reason = f"it is not known whether {_cited(denying, _DENY)} {wanted}"
        return _effective(Answer.UNKNOWN, reason, denying, around, say)
    return _by_route(route, wanted, around, say)


@lru_cache(maxsize=8192)
def _is_plain(layers: Layers, action: str) -> bool:
    """Whether the identity-based policies decide alone, and nothing that AWS knows besides matters to them."""
    if layers.identity is None or layers.present != (layers.identity,):
        return False
    special = action.partition(":")[0].lower() in WITH_OWN_POLICIES
    return not special and not any(mentions(layers.identity, key) for key in KNOWN_KEYS)


def _plain(layer: Layer, request: Request, assumed: tuple[str, ...]) -> Effective:
    """The same as by routes, in a fraction of the time: most batches of requests are of this sort."""
    said = opinion(layer, request)
    wanted = f"`{request.action}` on `{request.resource}`"
    if said.denies:
        return Effective(
            *_answer(Answer.EXPLICITLY_DENIED, layer, said.denies, wanted, _DENY), request, assumed, (said,)
        )
    if said.maybe_denies:
        return Effective(*_answer(Answer.UNKNOWN, layer, said.maybe_denies, wanted, _DENY), request, assumed, (said,))
    if said.allows:
        return Effective(*_answer(Answer.ALLOWED, layer, said.allows, wanted, _ALLOW), request, assumed, (said,))
    if said.maybe_allows:
        return Effective(*_answer(Answer.UNKNOWN, layer, said.maybe_allows, wanted, _ALLOW), request, assumed, (said,))
    return Effective(Answer.IMPLICITLY_DENIED, f"no statement allows {wanted}", (), request, assumed, (said,))


def _answer(
    answer: Answer, layer: Layer, refs: Refs, wanted: str, says: tuple[str, str]
) -> tuple[Answer, str, tuple[Cited, ...]]:
    cited, words = _in_layer(layer, refs, says)
    doubt = "it is not known whether " if answer is Answer.UNKNOWN else ""
    return answer, f"{doubt}{words} {wanted}", cited


@lru_cache(maxsize=8192)
def _in_layer(layer: Layer, refs: Refs, says: tuple[str, str]) -> tuple[tuple[Cited, ...], str]:
    cited = tuple((layer, ref) for ref in refs)
    return cited, _cited(cited, says)


def _by_route(route: Route, wanted: str, around: Setting, say: Say) -> Effective:
    if route.open:
        allowing = route.cited
        reason = f"{_cited(allowing, _ALLOW)} {wanted}" if allowing else f"{route.by} {wanted}"
        return _effective(Answer.ALLOWED, reason, allowing, around, say, route)
    if route.open is None:
        unknown = route.unknown
        reason = f"it is not known whether {_cited(unknown, _ALLOW)} {wanted}"
        return _effective(Answer.UNKNOWN, reason, unknown, around, say, route)
    lacks_identity = any(step.opinion is say.identity and step.holds is False for step in route.steps)
    missing = "no statement" if say.opinions == (say.identity,) and lacks_identity else route.missing
    return _effective(Answer.IMPLICITLY_DENIED, f"{missing} allows {wanted}", (), around, say, route)


def _effective(
    answer: Answer, reason: str, cited: tuple[Cited, ...], around: Setting, say: Say, route: Route | None = None
) -> Effective:
    assumed = [*around.assumed, *say.assumed, *(route.assumed if route else ())]
    if around.role_arn and any(mentions(each.layer, "aws:principalarn") for each in say.opinions):
        assumed.append(f"aws:PrincipalArn is taken to be {around.role_arn}, a role without a path")
    return Effective(answer, reason, cited, around.request, tuple(dict.fromkeys(assumed)), say.opinions)


def _say(layers: Layers, around: Setting) -> Say:
    """What each layer that binds the request says of it."""
    request, outside = around.request, around.caller.kind in OUTSIDE
    boundary = Boundary.SET if layers.boundary and not outside else Boundary.NONE

    def of(layer: Layer | None, *, applies: bool) -> Opinion | None:
        return opinion(layer, request, boundary) if layer and applies else None

    assumed = []
    if layers.rcps and not around.under_rcps:
        assumed.append(f"the resource control policies are taken not to bind `{request.action}`")
    if layers.scps and not around.under_scps:
        assumed.append(f"the service control policies are taken not to bind {around.caller.kind.value}")
    return Say(
        of(layers.identity, applies=not outside),
        of(layers.boundary, applies=not outside),
        of(layers.session, applies=not outside),
        tuple(opinion(layer, request) for layer in layers.scps if around.under_scps),
        tuple(opinion(layer, request) for layer in layers.rcps if around.under_rcps),
        of(layers.resource, applies=True),
        tuple(assumed),
    )


def _cited(cited: tuple[Cited, ...], says: tuple[str, str]) -> str:
    said = ", ".join(layer.cite(ref) for layer, ref in cited)
    return f"{said} {says[0] if len(cited) == 1 else says[1]}"
