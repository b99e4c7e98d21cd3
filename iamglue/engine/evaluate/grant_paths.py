"""The ways by which a request may be allowed, each with all that it needs.

Which implicit denials an Allow of a resource-based policy overcomes depends on the principal that it names:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from iamglue.engine.evaluate.callers import OUTSIDE, CallerKind
from iamglue.engine.evaluate.decision import StatementRef
from iamglue.engine.evaluate.layer_results import Opinion
from iamglue.engine.evaluate.layers import Layer
from iamglue.engine.evaluate.principals import Naming
from iamglue.engine.evaluate.request_scope import Setting
from iamglue.engine.evaluate.truth import Truth, all_of

Cited = tuple[Layer, StatementRef]


@dataclass(frozen=True, slots=True)
class Say:
    """The opinions of the layers that bind a request; RCPs' Allow is AWS's own and always there."""

    identity: Opinion | None
    boundary: Opinion | None
    session: Opinion | None
    scps: tuple[Opinion, ...]
    rcps: tuple[Opinion, ...]
    resource: Opinion | None
    assumed: tuple[str, ...] = ()

    @property
    def opinions(self) -> tuple[Opinion, ...]:
        """All there are."""
        first = (self.identity, self.boundary, self.session, *self.scps, *self.rcps, self.resource)
        return tuple(each for each in first if each is not None)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a route needs: the opinion that gives it, or why it is there or missing without one."""

    holds: Truth
    missing: str
    opinion: Opinion | None = None
    by: str = ""
    assumed: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """A way to be allowed: every step must hold."""

    steps: tuple[Step, ...]

    @property
    def open(self) -> Truth:
        """Whether every step holds."""
        return all_of(step.holds for step in self.steps)

    @property
    def cited(self) -> tuple[Cited, ...]:
        """The statements that allow, layer by layer."""
        found = (step.opinion for step in self.steps if step.opinion)
        return tuple((each.layer, ref) for each in found for ref in each.allows)

    @property
    def unknown(self) -> tuple[Cited, ...]:
        """The statements of which it is not known whether they allow."""
        found = (step.opinion for step in self.steps if step.opinion and step.holds is None)
        return tuple((each.layer, ref) for each in found for ref in each.maybe_allows)

    @property
    def missing(self) -> str:
        """What the steps that do not hold lack, as the subject of a sentence."""
        return " and ".join(dict.fromkeys(step.missing for step in self.steps if step.holds is False))

    @property
    def by(self) -> str:
        """What allows where no statement does."""
        return next((step.by for step in self.steps if step.by), "")

    @property
    def assumed(self) -> tuple[str, ...]:
        """What the steps take to be so."""
        return tuple(step.assumed for step in self.steps if step.assumed)


def best(found: tuple[Route, ...]) -> Route:
    """The first open route, else the first that may be, else the first that lacks least."""
    order = {True: 0, None: 1, False: 2}
    return min(found, key=lambda route: (order[route.open], sum(step.holds is False for step in route.steps)))


def routes(say: Say, around: Setting) -> tuple[Route, ...]:
    """The ways by which the request may be allowed, the principal's own policies first."""
    scps = tuple(_allowed(each) for each in say.scps)
    if around.caller.kind in OUTSIDE:
        return (Route((_resource(say, around, tuple(Naming)), *scps)),)
    own = (*_own(say, around), *scps)
    if around.cross_account:
        return (Route((*own, _resource(say, around, tuple(Naming)))),)
    limits = (*_limits(say, around), *scps)
    # A user with a session policy acts in a federated session of that user, to which the session policy applies.
    limited = around.caller.kind is CallerKind.USER and say.session is not None
    itself = Route((_resource(say, around, (Naming.ITSELF,)), *(limits if limited else scps)))
    role = Route((_resource(say, around, (Naming.ROLE,)), *limits))
    by_account = Route((*own, *_delegated(say, around)))
    if say.identity is None and say.resource and say.resource.allowed is False:
        return itself, role, by_account
    return by_account, itself, role


def _own(say: Say, around: Setting) -> tuple[Step, ...]:
    """What the principal's account must give: its identity-based policies, within boundary and session policy."""
    if around.caller.kind is CallerKind.ROOT:
        return (Step(True, "", by="the root user of an account may do anything in it:"),)
    return (_allowed(say.identity) if say.identity else _nothing("identity-based policy"), *_limits(say, around))


def _limits(say: Say, around: Setting) -> tuple[Step, ...]:
    if around.caller.kind is CallerKind.ROOT:
        return ()
    found = tuple(_allowed(each) for each in (say.boundary, say.session) if each)
    if around.caller.kind is CallerKind.FEDERATED and say.session is None:
        return (*found, Step(False, "no session policy, without which a federated user session has no permissions,"))
    return found


def _delegated(say: Say, around: Setting) -> tuple[Step, ...]:
    """KMS keys and roles: policies of the account count only if the key's or role's own policy names the account."""
    if around.own_policy is None:
        return ()
    if say.resource is None and around.caller.kind is CallerKind.UNNAMED:
        assumed = f"the {around.own_policy}, which was not given, is taken to let the account's policies decide"
        return (Step(True, "", assumed=assumed),)
    return (_resource(say, around, tuple(Naming)),)


def _resource(say: Say, around: Setting, how: Iterable[Naming]) -> Step:
    words = around.own_policy or "resource-based policy"
    if say.resource is None:
        return _nothing(words)
    chosen = tuple(how)
    given = say.resource if len(chosen) == len(Naming) else say.resource.naming(*chosen)
    return Step(given.allowed, f"no statement of the {words}", given)


def _allowed(given: Opinion) -> Step:
    return Step(given.allowed, f"no statement of the {given.layer.label}", given)


def _nothing(words: str) -> Step:
    return Step(False, f"no {words} (none was given)")
