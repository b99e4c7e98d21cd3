"""What a caller may do by its policies: whether an action is granted on every resource of a type, on one, or on some.

The caller may be unknown, as that of a policy in a file, or a role whose boundary and SCPs are known; what is known of
its requests is in `caller_facts` and the methods that a subclass overrides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_
from typing import TYPE_CHECKING

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import Access, StatementTerm
from iamglue.engine.solve.action_bitsets import pattern_bitset
from iamglue.policy.conditions import Condition
from iamglue.policy.patterns.wildcards import has_wildcard
from iamglue.risk.any_resource import is_unconditional, may_match_shape
from iamglue.risk.grant_search import (
    KnownContext,
    MatchingStatements,
    find_grant,
    find_matching_statements,
    prove_grant,
    tested_condition_keys,
    unconditional_grant,
)
from iamglue.risk.policy_layer import PolicyLayer, RequestGrant
from iamglue.risk.request_keys import (
    DIRECT_REQUEST,
    ContextFacts,
    KeyValues,
    values_for_any_resource,
    values_for_some_resource,
)
from iamglue.risk.sample_resources import ArnLocation, is_wildcard_shape, named_arns, sample_arns, sample_request

if TYPE_CHECKING:
    from iamglue.engine.solve.proof import EmptinessProof

AssumedContext = tuple[tuple[str, str], ...]


@dataclass(eq=False)
class EffectiveAccess:
    """The access by the caller's own policies within the layers that limit it. Answers are cached.

    `location` has the partition, Region and account of the resources that it is asked about.
    """

    identity_layer: PolicyLayer
    limits: tuple[PolicyLayer, ...]
    location: ArnLocation

    @property
    def caller_facts(self) -> ContextFacts:
        """The condition keys, in lower case, and values that every request of the caller has."""
        return DIRECT_REQUEST

    @property
    def caller_conditions(self) -> Mapping[str, Condition]:
        """What else is known of keys in every request of the caller: a condition that is true, by key in lower case."""
        return {}

    def resource_facts(self, resource: str) -> ContextFacts:  # noqa: ARG002 - a subclass uses it
        """The keys and values that a request has because of the account of its resource."""
        return {}

    def is_missing_in_requests(self, key: str) -> bool:  # noqa: ARG002 - a subclass uses it
        """Whether no request of the caller has a key that is not one of its facts."""
        return False

    def record_unknown(self, text: str, *, is_failure: bool = True) -> None:
        """Record what could not be determined; the base class, which answers only what is certain, does not."""

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
        if not all(layer.has_full_access_statement for layer in self._layers):
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
        return all(layer.terms_for_action(action)[0] for layer in self._layers)

    def grant_on_all(self, action: str, shape: str, assumed: AssumedContext = ()) -> RequestGrant | None:
        """The grant of an action on every resource of a shape (`dynamodb:table/*`), in any spelling; None if denied.

        `assumed`: condition keys, in lower case, with the values that the request has.
        """
        if is_wildcard_shape(action, shape) and not self.limits:
            # Fast path: most statements name their resources, and most others have no conditions.
            allows, denies = self.identity_layer.on_any_resource.terms_for_action(action)
            if not any(may_match_shape(term, shape) for term in allows):
                return None
            if not denies and all(map(is_unconditional, allows)):
                grant = unconditional_grant(allows, sample_request(action, shape, self.location))
                if grant is not None:
                    return grant
        elif not self.may_allow(action):
            return None
        return self._cached_grant(
            ("all", action, shape, *map(str, assumed)), lambda: self._find_grant_on_all(action, shape, assumed)
        )

    def grant_by_statement(
        self, term: StatementTerm, action: str, shape: str, assumed: AssumedContext = ()
    ) -> RequestGrant | None:
        """Like `grant_on_all`, counting only this Allow statement; Deny statements and limits still apply."""
        layer = self._layers_on_any_resource[0] if is_wildcard_shape(action, shape) else self.identity_layer
        denies = layer.terms_for_action(action)[1]
        arns = sample_arns(action, shape, (term,), self.location)
        if not (denies or self.limits) and is_unconditional(term):
            grants = (unconditional_grant((term,), Request(action, arn)) for arn in arns)
        else:
            layers = (PolicyLayer((term, *denies)), *self.limits)
            grants = (self._grant_by_layers(layers, action, arn, assumed) for arn in arns)
        return next((grant for grant in grants if grant is not None), None)

    def terms_on_all(self, grant: RequestGrant, shape: str) -> tuple[StatementTerm, ...]:
        """The statements of a grant on every resource, and all others that also give it, in another Region for example.

        A reader who limits the first one must know of the others.
        """
        layer = self.identity_layer.on_any_resource if is_wildcard_shape(grant.action, shape) else self.identity_layer
        allows = layer.terms_for_action(grant.action)[0]
        first = set(map(id, grant.terms))
        others = [term for term in allows if id(term) not in first]
        granting = first.union(id(term) for term in others if self.grant_by_statement(term, grant.action, shape))
        return tuple(term for term in allows if id(term) in granting)

    def grant_on(self, action: str, resource: str, assumed: AssumedContext = ()) -> RequestGrant | None:
        """The grant of an action on one resource; None if it is denied."""
        if not self.may_allow(action):
            return None
        return self._cached_grant(
            ("on", action, resource, *map(str, assumed)),
            lambda: self._grant_by_layers(self._layers, action, resource, assumed),
        )

    def grant_on_some_resource(self, action: str, assumed: AssumedContext = ()) -> RequestGrant | None:
        """The grant of an action on some resource; None if it is denied on all."""
        if not self.may_allow(action):
            return None
        return self._cached_grant(
            ("any", action, *map(str, assumed)), lambda: self._find_grant_on_some(action, assumed)
        )

    def _cached_grant(self, key: tuple[str, ...], answer: Callable[[], RequestGrant | None]) -> RequestGrant | None:
        """The answer for a key, which is computed once; None is an answer too."""
        if key not in self._answers:
            self._answers[key] = answer()
        return self._answers[key]

    @cached_property
    def _answers(self) -> dict[tuple[str, ...], RequestGrant | None]:
        return {}

    def _find_grant_on_all(self, action: str, shape: str, assumed: AssumedContext) -> RequestGrant | None:
        """A request for an action on some ARN of the shape that stands for all of them; None if none is proved."""
        layers = self._layers_on_any_resource if is_wildcard_shape(action, shape) else self._layers
        allows, denies = layers[0].terms_for_action(action)
        if not allows:
            return None
        is_free = not (denies or self.limits) or self.always_allowed & pattern_bitset(action)
        arns = sample_arns(action, shape, self.identity_layer.terms_for_action(action)[0], self.location)
        if is_free and all(map(is_unconditional, allows)):
            grants = (unconditional_grant(allows, Request(action, arn)) for arn in arns)
        else:
            grants = (self._grant_by_layers(layers, action, arn, assumed) for arn in arns)
        return next((grant for grant in grants if grant is not None), None)

    def _grant_by_layers(
        self, layers: Iterable[PolicyLayer], action: str, resource: str, assumed: AssumedContext
    ) -> RequestGrant | None:
        """A request that all layers allow on the resource; None if none is proved; the unknown is recorded."""
        facts = self.caller_facts if self._has_variables else {}
        matches = self._matching_statements(layers, action, Request(action, resource, facts))
        if matches is None:
            return None
        keys = tested_condition_keys(matches)
        if keys:
            known = self._known_context(resource, keys, assumed, lambda key: values_for_any_resource(key, action))
        else:
            known = KnownContext(facts)
        return self._decided_grant(find_grant(matches, action, resource, known), action, resource)

    def _find_grant_on_some(self, action: str, assumed: AssumedContext) -> RequestGrant | None:
        """A request for an action on any resource at all; None if none is proved."""
        matches = self._matching_statements(self._layers, action, None)
        if matches is None:
            return None
        # Evaluating the resources that statements name is faster than a proof.
        for arn in named_arns(action, matches[0].allows, self.location):
            grant = self.grant_on(action, arn, assumed)
            if grant is not None:
                return grant
        keys = tested_condition_keys(matches)
        known = self._known_context("*", keys, assumed, lambda key: values_for_some_resource(key, action))
        return self._decided_grant(prove_grant(matches, action, "*", known), action, "some resource")

    @cached_property
    def _layers(self) -> tuple[PolicyLayer, ...]:
        return (self.identity_layer, *self.limits)

    @cached_property
    def _layers_on_any_resource(self) -> tuple[PolicyLayer, ...]:
        return tuple(layer.on_any_resource for layer in self._layers)

    @staticmethod
    def _matching_statements(
        layers: Iterable[PolicyLayer], action: str, request: Request | None
    ) -> list[MatchingStatements] | None:
        """What each layer says of the action; None if a layer allows nothing, which denies all of it."""
        matches = []
        for layer in layers:
            match = find_matching_statements(layer, action, request)
            if not match.allows:
                return None
            matches.append(match)
        return matches

    def _known_context(
        self,
        resource: str,
        keys: frozenset[str],
        assumed: AssumedContext,
        values_for: Callable[[str], KeyValues | None],
    ) -> KnownContext:
        """What is known of the tested keys; `values_for` has the values of other keys: `()` for a missing one."""
        known = {**self.caller_facts, **self.resource_facts(resource)}
        known |= {key: (value,) for key, value in assumed}
        absent = set()
        for key in keys - known.keys():
            values = () if self.is_missing_in_requests(key) else values_for(key)
            if values == ():
                absent.add(key)
            elif values is not None:
                known[key] = values
        return KnownContext(known, frozenset(absent), self.caller_conditions)

    @cached_property
    def _has_variables(self) -> bool:
        resources = (term.statement.resources for layer in self._layers for term in layer.terms)
        return any("${" in value for element in resources if element is not None for value in element.values)

    def _decided_grant(
        self, answer: RequestGrant | EmptinessProof | None, action: str, where: str
    ) -> RequestGrant | None:
        """The request; an answer that is not decided is recorded as unknown, and counts as no request."""
        if answer is None or isinstance(answer, RequestGrant):
            return answer
        text = f"whether `{action}` is allowed on `{where}`: {answer.reason}"
        self.record_unknown(text, is_failure=not answer.depends_on_variables)
        return None
