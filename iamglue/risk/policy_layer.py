"""Statements that are evaluated together: those of a caller's own policies, of its boundary, of a level of SCPs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_

from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.access import Access, StatementTerm, access_of_terms
from iamglue.engine.solve.action_bitsets import all_actions_bitset, pattern_bitset
from iamglue.policy.model import Effect
from iamglue.risk.any_resource import may_apply_to_any_resource

_ALLOW = Effect.ALLOW


@dataclass(frozen=True, slots=True)
class RequestGrant:
    """A request that is allowed, and the statements of the caller's own policies that allow it."""

    action: str
    witness: Request
    terms: tuple[StatementTerm, ...]


@dataclass(frozen=True, eq=False)
class PolicyLayer:
    """The statements of policies that are evaluated together, as terms of the solver."""

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
        return PolicyLayer((*allows, *denies))

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
