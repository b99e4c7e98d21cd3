"""The policies that limit or grant a role's access, in layers: its own policies, its boundary, each level of SCPs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_

from iamglue.audit.access.any_resource import may_apply_to_any_resource
from iamglue.audit.access.statement_location import StatementLocation
from iamglue.engine.evaluate.layers import build_layer
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import Access, StatementTerm, access_of_terms, statement_terms
from iamglue.engine.solve.action_bitsets import all_actions_bitset, pattern_bitset
from iamglue.model.account import AttachedPolicy
from iamglue.policy.model import Effect, Policy

_ALLOW = Effect.ALLOW


@dataclass(frozen=True, slots=True)
class RequestGrant:
    """A request that is allowed, and the statements of the role's policies that allow it."""

    action: str
    witness: Request
    statements: tuple[StatementLocation, ...]


@dataclass(frozen=True, eq=False)
class PolicyLayer:
    """Policies that are evaluated together, with their statements as terms of the solver."""

    policies: tuple[AttachedPolicy, ...]
    terms: tuple[StatementTerm, ...]

    @cached_property
    def allows(self) -> tuple[StatementTerm, ...]:
        """The Allow statements."""
        return tuple([term for term in self.terms if term.statement.effect is _ALLOW])

    @cached_property
    def denies(self) -> tuple[StatementTerm, ...]:
        """The Deny statements."""
        return tuple([term for term in self.terms if term.statement.effect is not _ALLOW])

    @cached_property
    def access(self) -> Access:
        """Everything that the policies allow, as one set of requests."""
        return access_of_terms(self.terms)

    @cached_property
    def possible_actions(self) -> int:
        """Bitset of the known actions that some statement allows on some resource."""
        return reduce(or_, [term.action_bitset for term in self.allows], 0)

    @cached_property
    def action_bounds(self) -> tuple[int, int]:
        """(upper, lower) bitsets: actions that may be allowed; actions that are allowed for every request."""
        unrestricted = reduce(or_, [term.action_bitset for term in self.allows if term.is_unrestricted], 0)
        if not self.denies:
            return self.possible_actions, unrestricted
        denied = reduce(or_, [term.action_bitset for term in self.denies], 0)
        always_denied = reduce(or_, [term.action_bitset for term in self.denies if term.is_unrestricted], 0)
        return self.possible_actions & ~always_denied, unrestricted & ~denied

    @cached_property
    def has_full_access_statement(self) -> bool:
        """Whether some statement allows every action on every resource."""
        return any(is_full_access(term) for term in self.allows)

    @cached_property
    def on_any_resource(self) -> PolicyLayer:
        """The layer without the statements that cannot apply to a wildcard resource."""
        allows = [term for term in self.allows if may_apply_to_any_resource(term)]
        denies = [term for term in self.denies if may_apply_to_any_resource(term)] if allows else []
        return PolicyLayer(self.policies, (*allows, *denies))

    def terms_for_action(self, action: str) -> tuple[tuple[StatementTerm, ...], tuple[StatementTerm, ...]]:
        """The statements that allow an action, and those that deny it (empty if none allows it); cached."""
        terms = self._by_action.get(action)
        if terms is None:
            bit = pattern_bitset(action)
            allows = terms_with_action(self.allows, action, bit)
            terms = self._by_action[action] = allows, terms_with_action(self.denies, action, bit) if allows else ()
        return terms

    def access_to_action(self, action: str) -> Access:
        """The access by the statements that match a known action; fewer statements make proofs faster."""
        allows, denies = self.terms_for_action(action)
        return access_of_terms((*allows, *denies))

    @cached_property
    def _by_action(self) -> dict[str, tuple[tuple[StatementTerm, ...], tuple[StatementTerm, ...]]]:
        return {}

    def statement_location(self, term: StatementTerm) -> StatementLocation:
        """The policy and index of a statement."""
        location = self._allowing.get(term)
        if location is None:
            ref = term.ref
            location = self._allowing[term] = StatementLocation(self.policies[ref.policy], ref.statement, ref.sid)
        return location

    @cached_property
    def _allowing(self) -> dict[StatementTerm, StatementLocation]:
        return {}


def is_full_access(term: StatementTerm) -> bool:
    """Whether a statement matches everything: `*`, or `*:*`, on `*`, without conditions."""
    if not term.is_unrestricted or term.statement.actions.negated:
        return False
    return (
        not all(value.strip("*:") for value in term.statement.actions.values)
        and term.action_bitset == all_actions_bitset()
    )


def terms_with_action(terms: tuple[StatementTerm, ...], action: str, bit: int) -> tuple[StatementTerm, ...]:
    """The statements that match an action; `bit` is its bit, 0 if the action is unknown."""
    if bit:
        return tuple([term for term in terms if term.action_bitset & bit])
    return tuple([term for term in terms if term.prepared.matches_action(action.lower())])


def build_policy_layer(policies: Sequence[AttachedPolicy], kind: PolicyKind = PolicyKind.IDENTITY) -> PolicyLayer:
    """The readable policies as one layer."""
    readable = tuple(policy for policy in policies if policy.policy is not None and not is_misplaced(policy.policy))
    values = [policy.policy for policy in readable if policy.policy is not None]
    if kind is PolicyKind.SCP:
        return PolicyLayer(readable, build_layer(kind, values).access.terms if values else ())
    return PolicyLayer(readable, tuple(statement_terms(values)))


def is_misplaced(policy: Policy) -> bool:
    """Whether it is not an identity-based policy or SCP: a statement has a Principal, or no Resource."""
    return any(statement.principals is not None or statement.resources is None for statement in policy.statements)
