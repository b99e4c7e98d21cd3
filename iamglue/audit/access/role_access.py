"""The access of a role by all of its policies together, within its boundary and SCPs.

`unknown` lists what could not be determined: documents that could not be read, questions that the solver could not
decide. It grows while rules run, so read it after all rules have run and report each entry as not evaluated: a role
with any entry is not shown to be clean. Rules yield nothing for what is unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import and_

from iamglue.audit.access import context_facts
from iamglue.audit.access.any_resource import is_unconditional
from iamglue.audit.access.grant_search import (
    MatchingStatements,
    find_grant,
    find_matching_statements,
    prove_grant,
    tested_condition_keys,
    unconditional_grant,
)
from iamglue.audit.access.policy_layers import PolicyLayer, RequestGrant
from iamglue.audit.access.sample_resources import (
    ArnLocation,
    is_wildcard_shape,
    named_arns,
    sample_arns,
    sample_request,
)
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import Access, StatementTerm
from iamglue.engine.solve.action_bitsets import pattern_bitset
from iamglue.engine.solve.proof import EmptinessProof
from iamglue.model.account import Account, Role
from iamglue.policy.patterns.wildcards import has_wildcard

__all__ = ["RequestGrant", "RoleAccess"]

AssumedContext = tuple[tuple[str, str], ...]
PolicyLayers = tuple[PolicyLayer, ...]


@dataclass(eq=False)
class RoleAccess:
    """The access of one role; `AccountAccess` builds it. Answers are cached."""

    role: Role
    account: Account
    identity_layer: PolicyLayer
    limits: tuple[PolicyLayer, ...]
    location: ArnLocation
    boundary: PolicyLayer | None = None
    _unknown: dict[str, None] = field(default_factory=dict)
    _answers: dict[tuple[str, ...], RequestGrant | None] = field(default_factory=dict)

    @property
    def unknown(self) -> tuple[str, ...]:
        """What could not be determined, as texts; grows while rules run."""
        return tuple(self._unknown)

    @cached_property
    def access(self) -> Access:
        """The whole access as one set of requests."""
        return reduce(and_, (layer.access for layer in self.limits), self.identity_layer.access)

    @cached_property
    def possible_actions(self) -> int:
        """Bitset of the known actions that some statement may allow."""
        return reduce(and_, (layer.possible_actions for layer in self.limits), self.identity_layer.possible_actions)

    @cached_property
    def wildcard_actions(self) -> int:
        """Bitset of the known actions that may be allowed on a wildcard resource."""
        return self.possible_actions & self.identity_layer.on_any_resource.possible_actions

    @cached_property
    def always_allowed(self) -> int:
        """Bitset of the known actions that are allowed on every resource, in any context."""
        return reduce(and_, [layer.action_bounds[1] for layer in self.limits], self.identity_layer.action_bounds[1])

    @cached_property
    def possible_actions_after_denies(self) -> int:
        """Bitset of the known actions that may be allowed, without those that a Deny blocks on every resource."""
        return reduce(and_, [layer.action_bounds[0] for layer in self.limits], self.identity_layer.action_bounds[0])

    @cached_property
    def allows_everything(self) -> bool:
        """Whether every action is allowed on every resource, except what a Deny blocks, and IAM is not blocked."""
        if not all(layer.has_full_access_statement for layer in (self.identity_layer, *self.limits)):
            return False
        return self.grant_on_all("iam:PutRolePolicy", "iam:role/*") is not None

    def access_to_action(self, action: str) -> Access:
        """Access by the statements that match `action`; the whole access if `action` is a pattern or unknown."""
        if has_wildcard(action) or not pattern_bitset(action):
            return self.access
        return reduce(
            and_,
            (layer.access_to_action(action) for layer in self.limits),
            self.identity_layer.access_to_action(action),
        )

    def may_allow(self, action: str) -> bool:
        """Whether some statement may allow an action; fast, never wrongly False."""
        bit = pattern_bitset(action)
        if bit:
            return bool(bit & self.possible_actions)
        return all(layer.terms_for_action(action)[0] for layer in (self.identity_layer, *self.limits))

    def grant_on_all(self, action: str, shape: str, assumed: AssumedContext = ()) -> RequestGrant | None:
        """The grant of an action on every resource of a shape (`dynamodb:table/*`), in any spelling; None if denied.

        `assumed`: condition keys, in lower case, with the values that the request has.
        """
        if is_wildcard_shape(action, shape) and not self.limits:
            # Fast path: most statements name their resources, and most others have no conditions.
            allows, denies = self.identity_layer.on_any_resource.terms_for_action(action)
            if not allows:
                return None
            if not denies and all(map(is_unconditional, allows)):
                grant = unconditional_grant(self.identity_layer, allows, sample_request(action, shape, self.location))
                if grant is not None:
                    return grant
        elif not self.may_allow(action):
            return None
        return self._cached_grant(
            ("all", action, shape, *map(str, assumed)), lambda: self._find_grant_on_all(action, shape, assumed)
        )

    def grant_by_statement(self, term: StatementTerm, action: str, shape: str) -> RequestGrant | None:
        """Like `grant_on_all`, counting only this Allow statement; Deny statements and limits still apply."""
        alone = PolicyLayer(self.identity_layer.policies, (term, *self.identity_layer.denies))
        layers = (alone, *self.limits)
        grants = (
            self._grant_by_layers(layers, action, arn, ()) for arn in sample_arns(action, shape, (term,), self.location)
        )
        return next((grant for grant in grants if grant is not None), None)

    def grant_on(self, action: str, resource: str, assumed: AssumedContext = ()) -> RequestGrant | None:
        """The grant of an action on one resource; None if it is denied."""
        if not self.may_allow(action):
            return None
        return self._cached_grant(
            ("on", action, resource, *map(str, assumed)), lambda: self._find_grant_on(action, resource, assumed)
        )

    def grant_on_some_resource(self, action: str, assumed: AssumedContext = ()) -> RequestGrant | None:
        """The grant of an action on some resource; None if it is denied on all."""
        if not self.may_allow(action):
            return None
        return self._cached_grant(
            ("any", action, *map(str, assumed)), lambda: self._find_grant_on_some(action, assumed)
        )

    def record_unknown(self, reason: str) -> None:
        """Record what could not be determined."""
        self._unknown[reason] = None

    def _cached_grant(self, key: tuple[str, ...], answer: Callable[[], RequestGrant | None]) -> RequestGrant | None:
        if key not in self._answers:
            self._answers[key] = answer()
        return self._answers[key]

    def _find_grant_on_all(self, action: str, shape: str, assumed: AssumedContext) -> RequestGrant | None:
        layers = self._layers_on_any_resource if is_wildcard_shape(action, shape) else self._layers
        allows, denies = layers[0].terms_for_action(action)
        if not allows:
            return None
        is_free = not (denies or self.limits) or self.always_allowed & pattern_bitset(action)
        arns = sample_arns(
            action, shape, (term for term in self.identity_layer.terms_for_action(action)[0]), self.location
        )
        if is_free and all(map(is_unconditional, allows)):
            grants = (unconditional_grant(self.identity_layer, allows, Request(action, arn)) for arn in arns)
        else:
            grants = (self._grant_by_layers(layers, action, arn, assumed) for arn in arns)
        return next((grant for grant in grants if grant is not None), None)

    def _find_grant_on(self, action: str, resource: str, assumed: AssumedContext) -> RequestGrant | None:
        return self._grant_by_layers(self._layers, action, resource, assumed)

    def _grant_by_layers(
        self, layers: PolicyLayers, action: str, resource: str, assumed: AssumedContext
    ) -> RequestGrant | None:
        facts = self._facts if self._has_variables else {}
        matches = self._matching_statements(layers, action, Request(action, resource, facts))
        if matches is None:
            return None
        keys = tested_condition_keys(matches)
        known, absent = self._known_context(action, resource, keys, assumed) if keys else (facts, frozenset())
        request = Request(action, resource, known)
        return self._decided_grant(find_grant(matches, request, absent), action, resource)

    def _find_grant_on_some(self, action: str, assumed: AssumedContext) -> RequestGrant | None:
        matches = self._matching_statements(self._layers, action, None)
        if matches is None:
            return None
        # Evaluating the resources that statements name is faster than a proof.
        for arn in named_arns(action, matches[0].allows, self.location):
            grant = self._find_grant_on(action, arn, assumed)
            if grant is not None:
                return grant
        known, absent = self._known_context(action, "*", tested_condition_keys(matches), assumed)
        return self._decided_grant(
            prove_grant(matches, Request(action, "*", known), "*", absent), action, "some resource"
        )

    @cached_property
    def _layers(self) -> PolicyLayers:
        return (self.identity_layer, *self.limits)

    @cached_property
    def _layers_on_any_resource(self) -> PolicyLayers:
        return tuple(layer.on_any_resource for layer in self._layers)

    @staticmethod
    def _matching_statements(
        layers: PolicyLayers, action: str, request: Request | None
    ) -> list[MatchingStatements] | None:
        matches = []
        for layer in layers:
            match = find_matching_statements(layer, action, request)
            if not match.allows:
                return None
            matches.append(match)
        return matches

    def _known_context(
        self, action: str, resource: str, keys: frozenset[str], assumed: AssumedContext
    ) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
        """The known values of the keys, and the keys that are missing from the request; all others are free."""
        known = {**self._facts, **context_facts.resource_facts(resource, self.role, self.account)}
        known |= {key: (value,) for key, value in assumed}
        absent = set()
        for key in keys - known.keys():
            values = context_facts.values_for_any_resource(key, action)
            if values == ():
                absent.add(key)
            elif values is not None:
                known[key] = values
        return known, frozenset(absent)

    @cached_property
    def _has_variables(self) -> bool:
        layers = (self.identity_layer, *self.limits)
        resources = (term.statement.resources for layer in layers for term in layer.terms)
        return any("${" in value for element in resources if element is not None for value in element.values)

    @cached_property
    def _facts(self) -> dict[str, tuple[str, ...]]:
        return context_facts.role_facts(self.role, self.account)

    def _decided_grant(
        self, answer: RequestGrant | EmptinessProof | None, action: str, where: str
    ) -> RequestGrant | None:
        if isinstance(answer, EmptinessProof):
            self.record_unknown(f"whether `{action}` is allowed on `{where}`: {answer.reason}")
            return None
        return answer
