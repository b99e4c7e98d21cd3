"""The paths by which policies can allow a request, each with its requirements.

Which implicit denials an Allow of a resource-based policy overrides depends on the principal that it names:
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
from iamglue.engine.evaluate.request_scope import TRUST_POLICY, RequestScope
from iamglue.engine.evaluate.truth import Truth, all_of

CitedStatement = tuple[Layer, StatementRef]


@dataclass(frozen=True, slots=True)
class LayerResults:
    """The results of the layers that apply to a request; None or empty for a layer that does not apply.

    RCPs need no statement that allows: AWS attaches RCPFullAWSAccess to every entity of the organization.
    """

    identity: LayerResult | None
    boundary: LayerResult | None
    session: LayerResult | None
    scps: tuple[LayerResult, ...]
    rcps: tuple[LayerResult, ...]
    endpoint: LayerResult | None
    resource: LayerResult | None
    assumptions: tuple[str, ...] = ()

    @property
    def present(self) -> tuple[LayerResult, ...]:
        """The results of all layers that apply."""
        results = (self.identity, self.boundary, self.session, *self.scps, *self.rcps, self.endpoint, self.resource)
        return tuple(result for result in results if result is not None)

    @property
    def guards(self) -> tuple[LayerResult, ...]:
        """The results of the layers that must allow whatever path grants access: SCPs and the VPC endpoint policy."""
        return self.scps if self.endpoint is None else (*self.scps, self.endpoint)


@dataclass(frozen=True, slots=True)
class PathRequirement:
    """One requirement of a grant path.

    `layer_result` is the layer that must allow. Without one, `granted_by` is why the requirement holds, and
    `assumption` is what it assumes. `missing` is the subject of a sentence about a requirement that does not hold.
    """

    holds: Truth
    missing: str
    layer_result: LayerResult | None = None
    granted_by: str = ""
    assumption: str = ""


@dataclass(frozen=True, slots=True)
class GrantPath:
    """A path by which a request can be allowed. Every requirement must hold."""

    requirements: tuple[PathRequirement, ...]

    @property
    def holds(self) -> Truth:
        """Whether every requirement holds; None if it is undecided."""
        return all_of(requirement.holds for requirement in self.requirements)

    @property
    def allowing_statements(self) -> tuple[CitedStatement, ...]:
        """The statements that allow, layer by layer."""
        results = (requirement.layer_result for requirement in self.requirements if requirement.layer_result)
        return tuple((result.layer, ref) for result in results for ref in result.allows)

    @property
    def undecided_statements(self) -> tuple[CitedStatement, ...]:
        """The statements for which it is undecided whether they allow."""
        results = (
            requirement.layer_result
            for requirement in self.requirements
            if requirement.layer_result and requirement.holds is None
        )
        return tuple((result.layer, ref) for result in results for ref in result.maybe_allows)

    @property
    def missing(self) -> str:
        """The requirements that do not hold, as the subject of a sentence."""
        return " and ".join(
            dict.fromkeys(requirement.missing for requirement in self.requirements if requirement.holds is False)
        )

    @property
    def granted_by(self) -> str:
        """Why the request is allowed if no statement allows it."""
        return next((requirement.granted_by for requirement in self.requirements if requirement.granted_by), "")

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the requirements assume, one sentence each."""
        return tuple(requirement.assumption for requirement in self.requirements if requirement.assumption)


def best_grant_path(paths: tuple[GrantPath, ...]) -> GrantPath:
    """The first path that holds, else the first undecided one, else the one with the fewest missing requirements."""
    order = {True: 0, None: 1, False: 2}
    return min(
        paths,
        key=lambda path: (order[path.holds], sum(requirement.holds is False for requirement in path.requirements)),
    )


def find_grant_paths(results: LayerResults, scope: RequestScope) -> tuple[GrantPath, ...]:
    """The paths by which the request can be allowed, the principal's own policies first."""
    guards = tuple(_layer_requirement(result) for result in results.guards)
    if scope.caller.kind in KINDS_WITHOUT_IDENTITY_POLICIES:
        return (GrantPath((_resource_requirement(results, scope, tuple(PrincipalMatch)), *guards)),)
    principal_side = (*_principal_side_requirements(results, scope), *guards)
    if scope.cross_account:
        return (GrantPath((*principal_side, _resource_requirement(results, scope, tuple(PrincipalMatch)))),)
    limits = (*_limit_requirements(results, scope), *guards)
    direct_path = GrantPath(
        (
            _resource_requirement(results, scope, (PrincipalMatch.DIRECT,)),
            *(limits if _is_user_limited(results, scope) else guards),
        )
    )
    role_path = GrantPath((_resource_requirement(results, scope, (PrincipalMatch.ROLE,)), *limits))
    account_path = GrantPath((*principal_side, *_resource_policy_requirements(results, scope)))
    if results.identity is None and results.resource and results.resource.allowed is False:
        return direct_path, role_path, account_path
    # A policy that allows by naming the role, say, does not lack a statement that names the session.
    is_allowed = results.resource is not None and results.resource.allowed is True
    named = (path for path in (direct_path, role_path) if not is_allowed or path.requirements[0].holds is not False)
    return account_path, *named


def _principal_side_requirements(results: LayerResults, scope: RequestScope) -> tuple[PathRequirement, ...]:
    """What the principal's account must grant: identity-based policies, limited by boundary and session policy."""
    if scope.caller.kind is CallerKind.ROOT:
        return (PathRequirement(True, "", granted_by="the root user has full access to its account, including"),)
    return (
        _layer_requirement(results.identity)
        if results.identity
        else _missing_layer_requirement("identity-based policy"),
        *_limit_requirements(results, scope),
    )


def _limit_requirements(results: LayerResults, scope: RequestScope) -> tuple[PathRequirement, ...]:
    """The permissions boundary and the session policy, which must allow as well."""
    if scope.caller.kind is CallerKind.ROOT:
        return ()
    limits = tuple(_layer_requirement(result) for result in (results.boundary, results.session) if result)
    if scope.caller.kind is CallerKind.FEDERATED_USER and results.session is None:
        return (
            *limits,
            PathRequirement(False, "no session policy (without one, a federated user session has no permissions)"),
        )
    return limits


def _is_user_limited(results: LayerResults, scope: RequestScope) -> bool:
    """Whether the limits of a user apply although a resource-based policy names the user.

    A user with a session policy acts as a federated user session. A permissions boundary of a user that a role trust
    policy names must allow to assume the role:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
    """
    is_trust = scope.required_resource_policy == TRUST_POLICY
    return scope.caller.kind is CallerKind.USER and (results.session is not None or is_trust)


def _resource_policy_requirements(results: LayerResults, scope: RequestScope) -> tuple[PathRequirement, ...]:
    """For KMS keys and roles: the account's policies count only if the resource's own policy allows it."""
    if scope.required_resource_policy is None:
        return ()
    if results.resource is None and scope.caller.kind is CallerKind.UNNAMED:
        assumption = (
            f"no {scope.required_resource_policy} was given; it is assumed to let the account's policies decide"
        )
        return (PathRequirement(True, "", assumption=assumption),)
    return (_resource_requirement(results, scope, tuple(PrincipalMatch)),)


def _resource_requirement(
    results: LayerResults, scope: RequestScope, allowed_matches: Iterable[PrincipalMatch]
) -> PathRequirement:
    """The requirement that the resource-based policy allows, by one of these principal matches."""
    policy_name = scope.required_resource_policy or "resource-based policy"
    if results.resource is None:
        return _missing_layer_requirement(policy_name)
    principal_matches = tuple(allowed_matches)
    result = (
        results.resource
        if len(principal_matches) == len(PrincipalMatch)
        else results.resource.with_principal_match(*principal_matches)
    )
    return PathRequirement(result.allowed, f"no statement of the {policy_name}", result)


def _layer_requirement(result: LayerResult) -> PathRequirement:
    """The requirement that a statement of a layer allows."""
    return PathRequirement(result.allowed, f"no statement of the {result.layer.label}", result)


def _missing_layer_requirement(policy_name: str) -> PathRequirement:
    """The requirement that a policy allows which is not present, so it does not hold."""
    return PathRequirement(False, f"no {policy_name} (none was given)")
