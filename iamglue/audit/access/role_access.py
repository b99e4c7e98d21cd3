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
        return reduce(and_, (each.access for each in self.limits), self.identity_layer.access)

    @cached_property
    def possible_actions(self) -> int:
        """Bitset of the known actions that some statement may allow."""
        return reduce(and_, (each.possible_actions for each in self.limits), self.identity_layer.possible_actions)

    @cached_property
    def wildcard_actions(self) -> int:
        """Bitset of the known actions that may be allowed on a wildcard resource."""
        return self.possible_actions & self.identity_layer.on_any_resource.possible_actions

    @cached_property
    def always_allowed(self) -> int:
        """Bitset of the known actions that are allowed on every resource, in any context."""
        return reduce(and_, [each.action_bounds[1] for each in self.limits], self.identity_layer.action_bounds[1])

    @cached_property
    def possible_actions_after_denies(self) -> int:
        """Bitset of the known actions that may be allowed, without those that a Deny blocks on every resource."""
        return reduce(and_, [each.action_bounds[0] for each in self.limits], self.identity_layer.action_bounds[0])

    @cached_property
    def allows_everything(self) -> bool:
        """Whether every action is allowed on every resource, except what a Deny blocks, and IAM is not blocked."""
        if not all(each.has_full_access_statement for each in (self.identity_layer, *self.limits)):
            return False
        return self.grant_on_all("iam:PutRolePolicy", "iam:role/*") is not None

    def access_to_action(self, action: str) -> Access:
        """Access by the statements that match `action`; the whole access if `action` is a pattern or unknown."""
        if has_wildcard(action) or not pattern_bitset(action):
            return self.access
        return reduce(
            and_, (each.access_to_action(action) for each in self.limits), self.identity_layer.access_to_action(action)
        )

    def may_allow(self, action: str) -> bool:
        """Whether some statement may allow an action; fast, never wrongly False."""
        bit = pattern_bitset(action)
        if bit:
            return bool(bit & self.possible_actions)
        return all(each.terms_for_action(action)[0] for each in (self.identity_layer, *self.limits))

    def grant_on_all(self, action: str, shape: str, wish: AssumedContext = ()) -> RequestGrant | None:
        """The grant of an action on every resource of a shape (`dynamodb:table/*`), in any spelling; None if denied.

        `wish`: condition keys, in lower case, with the values that the request has.
        """
        if is_wildcard_shape(action, shape) and not self.limits:
            # Fast path: most statements name their resources, and most others have no conditions.
            allows, denies = self.identity_layer.on_any_resource.terms_for_action(action)
            if not allows:
                return None
            if not denies and all(map(is_unconditional, allows)):
                found = unconditional_grant(self.identity_layer, allows, sample_request(action, shape, self.location))
                if found is not None:
                    return found
        elif not self.may_allow(action):
            return None
        return self._kept(("all", action, shape, *map(str, wish)), lambda: self._on_all(action, shape, wish))

    def grant_by_statement(self, leaf: StatementTerm, action: str, shape: str) -> RequestGrant | None:
        """Like `grant_on_all`, counting only this Allow statement; Deny statements and limits still apply."""
        alone = PolicyLayer(self.identity_layer.policies, (leaf, *self.identity_layer.denies))
        parts = (alone, *self.limits)
        found = (self._by(parts, action, arn, ()) for arn in sample_arns(action, shape, (leaf,), self.location))
        return next((each for each in found if each is not None), None)

    def grant_on(self, action: str, resource: str, wish: AssumedContext = ()) -> RequestGrant | None:
        """The grant of an action on one resource; None if it is denied."""
        if not self.may_allow(action):
            return None
        return self._kept(("on", action, resource, *map(str, wish)), lambda: self._on(action, resource, wish))

    def grant_on_some_resource(self, action: str, wish: AssumedContext = ()) -> RequestGrant | None:
        """The grant of an action on some resource; None if it is denied on all."""
        if not self.may_allow(action):
            return None
        return self._kept(("any", action, *map(str, wish)), lambda: self._anywhere(action, wish))

    def record_unknown(self, reason: str) -> None:
        """Record what could not be determined."""
        self._unknown[reason] = None

    def _kept(self, key: tuple[str, ...], answer: Callable[[], RequestGrant | None]) -> RequestGrant | None:
        if key not in self._answers:
            self._answers[key] = answer()
        return self._answers[key]

    def _on_all(self, action: str, shape: str, wish: AssumedContext) -> RequestGrant | None:
        parts = self._parts_on_just_any if is_wildcard_shape(action, shape) else self._parts
        allows, denies = parts[0].terms_for_action(action)
        if not allows:
            return None
        is_free = not (denies or self.limits) or self.always_allowed & pattern_bitset(action)
        arns = sample_arns(
            action, shape, (leaf for leaf in self.identity_layer.terms_for_action(action)[0]), self.location
        )
        if is_free and all(map(is_unconditional, allows)):
            found = (unconditional_grant(self.identity_layer, allows, Request(action, arn)) for arn in arns)
        else:
            found = (self._by(parts, action, arn, wish) for arn in arns)
        return next((each for each in found if each is not None), None)

    def _on(self, action: str, resource: str, wish: AssumedContext) -> RequestGrant | None:
        return self._by(self._parts, action, resource, wish)

    def _by(self, asked: PolicyLayers, action: str, resource: str, wish: AssumedContext) -> RequestGrant | None:
        facts = self._facts if self._has_variables else {}
        parts = self._met(asked, action, Request(action, resource, facts))
        if parts is None:
            return None
        keys = tested_condition_keys(parts)
        known, absent = self._known(action, resource, keys, wish) if keys else (facts, frozenset())
        asked_for = Request(action, resource, known)
        return self._told(find_grant(parts, asked_for, absent), action, resource)

    def _anywhere(self, action: str, wish: AssumedContext) -> RequestGrant | None:
        parts = self._met(self._parts, action, None)
        if parts is None:
            return None
        # Evaluating the resources that statements name is faster than a proof.
        for arn in named_arns(action, parts[0].allows, self.location):
            found = self._on(action, arn, wish)
            if found is not None:
                return found
        known, absent = self._known(action, "*", tested_condition_keys(parts), wish)
        return self._told(prove_grant(parts, Request(action, "*", known), "*", absent), action, "some resource")

    @cached_property
    def _parts(self) -> PolicyLayers:
        return (self.identity_layer, *self.limits)

    @cached_property
    def _parts_on_just_any(self) -> PolicyLayers:
        return tuple(each.on_any_resource for each in self._parts)

    @staticmethod
    def _met(parts: PolicyLayers, action: str, request: Request | None) -> list[MatchingStatements] | None:
        found = []
        for part in parts:
            here = find_matching_statements(part, action, request)
            if not here.allows:
                return None
            found.append(here)
        return found

    def _known(
        self, action: str, resource: str, keys: frozenset[str], wish: AssumedContext
    ) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
        """The known values of the keys, and the keys that are missing from the request; all others are free."""
        known = {**self._facts, **context_facts.resource_facts(resource, self.role, self.account)}
        known |= {key: (value,) for key, value in wish}
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
        parts = (self.identity_layer, *self.limits)
        resources = (leaf.statement.resources for part in parts for leaf in part.terms)
        return any("${" in value for each in resources if each is not None for value in each.values)

    @cached_property
    def _facts(self) -> dict[str, tuple[str, ...]]:
        return context_facts.role_facts(self.role, self.account)

    def _told(self, answer: RequestGrant | EmptinessProof | None, action: str, where: str) -> RequestGrant | None:
        if isinstance(answer, EmptinessProof):
            self.record_unknown(f"whether `{action}` is allowed on `{where}`: {answer.reason}")
            return None
        return answer
