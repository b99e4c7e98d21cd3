"""Access as a closed, immutable value: what is allowed, as unions, intersections and complements of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from iamglue.engine.evaluate.decision import StatementRef
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.statements import PreparedStatement, prepared_statement
from iamglue.engine.evaluate.truth import Truth, all_of, any_of, opposite
from iamglue.engine.solve.action_bitsets import bitset_steps, element_bitset
from iamglue.engine.solve.budget import spend
from iamglue.engine.solve.formulas import Formula
from iamglue.policy.arns import is_single_star
from iamglue.policy.model import VERSION_2012, Effect, Policy, Statement


class SetOperation(Enum):
    """How an access is made of its parts."""

    STATEMENT = "statement"
    UNION = "any"
    INTERSECTION = "all"
    COMPLEMENT = "not"


@dataclass(frozen=True, eq=False)
class StatementTerm:
    """The requests that one statement applies to, whatever its Effect.

    `variables` is whether `${...}` is a policy variable in it, or plain text as in version 2008-10-17.
    """

    statement: Statement
    ref: StatementRef
    variables: bool

    def with_statement(self, statement: Statement) -> StatementTerm:
        """The leaf with another statement in the same place."""
        return StatementTerm(statement, self.ref, self.variables)

    @cached_property
    def prepared(self) -> PreparedStatement:
        """The statement made ready to be asked: of thousands of roles, most statements never are."""
        return prepared_statement(self.ref, self.statement, variables=self.variables)

    @cached_property
    def action_bitset(self) -> int:
        """Today's actions that the statement matches."""
        spend(bitset_steps(self.statement.actions.values))
        return element_bitset(self.statement.actions)

    @cached_property
    def is_unrestricted(self) -> bool:
        """Whether nothing but its actions limits the statement."""
        resources = self.statement.resources
        all_resources = resources is None or (not resources.negated and any(map(is_single_star, resources.values)))
        return all_resources and not self.statement.conditions and self.statement.principals is None


@dataclass(frozen=True, eq=False)
class Access:
    """A set of requests. `|`, `&`, `-` and `~` make others."""

    op: SetOperation
    parts: tuple[Access, ...] = ()
    term: StatementTerm | None = None

    def __or__(self, other: Access) -> Access:
        return Access(SetOperation.UNION, (self, other))

    def __and__(self, other: Access) -> Access:
        return Access(SetOperation.INTERSECTION, (self, other))

    def __invert__(self) -> Access:
        return self.parts[0] if self.op is SetOperation.COMPLEMENT else Access(SetOperation.COMPLEMENT, (self,))

    def __sub__(self, other: Access) -> Access:
        return Access(SetOperation.INTERSECTION, (self, ~other))

    def contains(self, request: Request) -> Truth:
        """Whether a request is in the set; None where a statement cannot be decided for it."""
        if self.term is not None:
            matched = self.term.prepared.matches_action(request.action.lower())
            return self.term.prepared.applies(request) if matched else False
        held = (part.contains(request) for part in self.parts)
        if self.op is SetOperation.COMPLEMENT:
            return opposite(next(held))
        return any_of(held) if self.op is SetOperation.UNION else all_of(held)

    @cached_property
    def terms(self) -> tuple[StatementTerm, ...]:
        """The statements it is made of, each once."""
        if self.term is not None:
            return (self.term,)
        return tuple(dict.fromkeys(leaf for part in self.parts for leaf in part.terms))

    @cached_property
    def action_bounds(self) -> tuple[int, int]:
        """Sets of actions: those that some request for is in the set at most, and that all requests for are in it.

        A complement's are negative numbers: all actions but some.
        """
        if self.term is not None:
            return self.term.action_bitset, self.term.action_bitset if self.term.is_unrestricted else 0
        if self.op is SetOperation.COMPLEMENT:
            most, least = self.parts[0].action_bounds
            return ~least, ~most
        most, least = (0, 0) if self.op is SetOperation.UNION else (-1, -1)
        for part in self.parts:
            upper, lower = part.action_bounds
            most, least = (
                (most | upper, least | lower) if self.op is SetOperation.UNION else (most & upper, least & lower)
            )
        return most, least

    @cached_property
    def polarities(self) -> dict[StatementTerm, int]:
        """Of each leaf: 1 if more requests in it can only mean more in the set, -1 if only fewer, else 0."""
        if self.term is not None:
            return {self.term: 1}
        found: dict[StatementTerm, int] = {}
        turn = -1 if self.op is SetOperation.COMPLEMENT else 1
        for part in self.parts:
            for leaf, sign in part.polarities.items():
                found[leaf] = turn * sign if found.get(leaf, turn * sign) == turn * sign else 0
        return found

    def formula(self, places: dict[StatementTerm, int]) -> Formula:
        """The set as a function of its leaves, `places` saying which is which."""
        if self.term is not None:
            at = places[self.term]
            return lambda truths: truths[at]
        parts = [part.formula(places) for part in self.parts]
        if self.op is SetOperation.COMPLEMENT:
            inner = parts[0]
            return lambda truths: opposite(inner(truths))
        combine = any_of if self.op is SetOperation.UNION else all_of
        return lambda truths: combine(part(truths) for part in parts)


def deduplicate_terms(access: Access) -> Access:
    """The same set, statements that say the same being one and the same leaf."""
    return _shared(access, {})


def _shared(access: Access, known: dict[tuple[Any, ...], Access]) -> Access:
    if access.term is None:
        return Access(access.op, tuple(_shared(part, known) for part in access.parts))
    said = access.term.statement
    return known.setdefault(
        (said.actions, said.resources, said.conditions, said.principals, access.term.variables), access
    )


NOTHING = Access(SetOperation.UNION)
EVERYTHING = Access(SetOperation.INTERSECTION)


def union(parts: Iterable[Access]) -> Access:
    """What any of the parts holds."""
    found = tuple(parts)
    return found[0] if len(found) == 1 else Access(SetOperation.UNION, found)


def statement_terms(policies: Sequence[Policy]) -> list[StatementTerm]:
    """The statements of policies that are evaluated together, in their order."""
    return [
        StatementTerm(statement, StatementRef(at, place, statement.sid), policy.version == VERSION_2012)
        for at, policy in enumerate(policies)
        for place, statement in enumerate(policy.statements)
    ]


def access_of_terms(leaves: Iterable[StatementTerm]) -> Access:
    """What statements that are evaluated together allow: some Allow applies and no Deny does."""
    parts = [Access(SetOperation.STATEMENT, term=leaf) for leaf in leaves]
    allows = [each for each in parts if each.term is not None and each.term.statement.effect is Effect.ALLOW]
    denies = [each for each in parts if each.term is not None and each.term.statement.effect is Effect.DENY]
    granted = union(allows)
    return granted - union(denies) if denies else granted


def access_of(policies: Sequence[Policy]) -> Access:
    """What policies that are evaluated together allow."""
    return access_of_terms(statement_terms(policies))
