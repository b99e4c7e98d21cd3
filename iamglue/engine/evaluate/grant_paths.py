"""The ways by which a request may be allowed, each with all that it needs.

Which implicit denials an Allow of a resource-based policy overcomes depends on the principal that it names:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from iamglue.engine.evaluate.callers import KINDS_WITHOUT_IDENTITY_POLICIES, CallerKind
from iamglue.engine.evaluate.decision import StatementRef
from iamglue.engine.evaluate.layer_results import LayerResult
from iamglue.engine.evaluate.layers import Layer
from iamglue.engine.evaluate.principals import PrincipalMatch
from iamglue.engine.evaluate.request_scope import RequestScope
from iamglue.engine.evaluate.truth import Truth, all_of

CitedStatement = tuple[Layer, StatementRef]


@dataclass(frozen=True, slots=True)
class LayerResults:
    """The opinions of the layers that bind a request; RCPs' Allow is AWS's own and always there."""

    identity: LayerResult | None
    boundary: LayerResult | None
    session: LayerResult | None
    scps: tuple[LayerResult, ...]
    rcps: tuple[LayerResult, ...]
    resource: LayerResult | None
    assumptions: tuple[str, ...] = ()

    @property
    def present(self) -> tuple[LayerResult, ...]:
        """All there are."""
        first = (self.identity, self.boundary, self.session, *self.scps, *self.rcps, self.resource)
        return tuple(each for each in first if each is not None)


@dataclass(frozen=True, slots=True)
class PathRequirement:
    """One thing that a route needs: the opinion that gives it, or why it is there or missing without one."""

    holds: Truth
    missing: str
    layer_result: LayerResult | None = None
    granted_by: str = ""
    assumption: str = ""


@dataclass(frozen=True, slots=True)
class GrantPath:
    """A way to be allowed: every step must hold."""

    requirements: tuple[PathRequirement, ...]

    @property
    def holds(self) -> Truth:
        """Whether every step holds."""
        return all_of(step.holds for step in self.requirements)

    @property
    def allowing_statements(self) -> tuple[CitedStatement, ...]:
        """The statements that allow, layer by layer."""
        found = (step.layer_result for step in self.requirements if step.layer_result)
        return tuple((each.layer, ref) for each in found for ref in each.allows)

    @property
    def undecided_statements(self) -> tuple[CitedStatement, ...]:
        """The statements of which it is not known whether they allow."""
        found = (step.layer_result for step in self.requirements if step.layer_result and step.holds is None)
        return tuple((each.layer, ref) for each in found for ref in each.maybe_allows)

    @property
    def missing(self) -> str:
        """What the steps that do not hold lack, as the subject of a sentence."""
        return " and ".join(dict.fromkeys(step.missing for step in self.requirements if step.holds is False))

    @property
    def granted_by(self) -> str:
        """What allows where no statement does."""
        return next((step.granted_by for step in self.requirements if step.granted_by), "")

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the steps take to be so."""
        return tuple(step.assumption for step in self.requirements if step.assumption)


def best_grant_path(found: tuple[GrantPath, ...]) -> GrantPath:
    """The first open route, else the first that may be, else the first that lacks least."""
    order = {True: 0, None: 1, False: 2}
    return min(found, key=lambda route: (order[route.holds], sum(step.holds is False for step in route.requirements)))


def find_grant_paths(say: LayerResults, around: RequestScope) -> tuple[GrantPath, ...]:
    """The ways by which the request may be allowed, the principal's own policies first."""
    scps = tuple(_allowed(each) for each in say.scps)
    if around.caller.kind in KINDS_WITHOUT_IDENTITY_POLICIES:
        return (GrantPath((_resource(say, around, tuple(PrincipalMatch)), *scps)),)
    own = (*_own(say, around), *scps)
    if around.cross_account:
        return (GrantPath((*own, _resource(say, around, tuple(PrincipalMatch)))),)
    limits = (*_limits(say, around), *scps)
    # A user with a session policy acts in a federated session of that user, to which the session policy applies.
    limited = around.caller.kind is CallerKind.USER and say.session is not None
    itself = GrantPath((_resource(say, around, (PrincipalMatch.DIRECT,)), *(limits if limited else scps)))
    role = GrantPath((_resource(say, around, (PrincipalMatch.ROLE,)), *limits))
    by_account = GrantPath((*own, *_delegated(say, around)))
    if say.identity is None and say.resource and say.resource.allowed is False:
        return itself, role, by_account
    return by_account, itself, role


def _own(say: LayerResults, around: RequestScope) -> tuple[PathRequirement, ...]:
    """What the principal's account must give: its identity-based policies, within boundary and session policy."""
    if around.caller.kind is CallerKind.ROOT:
        return (PathRequirement(True, "", granted_by="the root user of an account may do anything in it:"),)
    return (_allowed(say.identity) if say.identity else _nothing("identity-based policy"), *_limits(say, around))


def _limits(say: LayerResults, around: RequestScope) -> tuple[PathRequirement, ...]:
    if around.caller.kind is CallerKind.ROOT:
        return ()
    found = tuple(_allowed(each) for each in (say.boundary, say.session) if each)
    if around.caller.kind is CallerKind.FEDERATED_USER and say.session is None:
        return (
            *found,
            PathRequirement(False, "no session policy, without which a federated user session has no permissions,"),
        )
    return found


def _delegated(say: LayerResults, around: RequestScope) -> tuple[PathRequirement, ...]:
    """KMS keys and roles: policies of the account count only if the key's or role's own policy names the account."""
    if around.required_resource_policy is None:
        return ()
    if say.resource is None and around.caller.kind is CallerKind.UNNAMED:
        assumed = (
            f"the {around.required_resource_policy}, which was not given, is taken to let the account's policies decide"
        )
        return (PathRequirement(True, "", assumption=assumed),)
    return (_resource(say, around, tuple(PrincipalMatch)),)


def _resource(say: LayerResults, around: RequestScope, how: Iterable[PrincipalMatch]) -> PathRequirement:
    words = around.required_resource_policy or "resource-based policy"
    if say.resource is None:
        return _nothing(words)
    chosen = tuple(how)
    given = say.resource if len(chosen) == len(PrincipalMatch) else say.resource.with_principal_match(*chosen)
    return PathRequirement(given.allowed, f"no statement of the {words}", given)


def _allowed(given: LayerResult) -> PathRequirement:
    return PathRequirement(given.allowed, f"no statement of the {given.layer.label}", given)


def _nothing(words: str) -> PathRequirement:
    return PathRequirement(False, f"no {words} (none was given)")
