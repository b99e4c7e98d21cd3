"""Access as an immutable set of requests: unions, intersections and complements of statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from iamglue.catalog.services import is_action
from iamglue.engine.evaluate.decision import StatementRef
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.statements import PreparedStatement, prepared_statement
from iamglue.engine.evaluate.truth import Truth, all_of, any_of, opposite
from iamglue.engine.evaluate.version_variables import with_read_variables
from iamglue.engine.solve.action_bitsets import bitset_steps, element_bitset
from iamglue.engine.solve.arn_classes import ArnPattern, arn_pattern
from iamglue.engine.solve.budget import spend
from iamglue.engine.solve.formulas import Formula
from iamglue.policy.arns import is_single_star
from iamglue.policy.model import Effect, Policy, Statement
from iamglue.policy.patterns.variables import TokenKind, tokenize
from iamglue.policy.patterns.wildcards import has_wildcard


class SetOperation(Enum):
    """How an access is combined from its parts."""

    STATEMENT = "statement"
    UNION = "any"
    INTERSECTION = "all"
    COMPLEMENT = "not"


@dataclass(frozen=True, eq=False)
class StatementTerm:
    """The set of requests that one statement applies to, regardless of its Effect.

    `variables` is whether `${...}` is a policy variable in the statement, or plain text as in version 2008-10-17.
    """

    statement: Statement
    ref: StatementRef
    variables: bool

    def with_statement(self, statement: Statement) -> StatementTerm:
        """The same term with another statement."""
        return StatementTerm(statement, self.ref, self.variables)

    @cached_property
    def prepared(self) -> PreparedStatement:
        """The statement prepared for evaluation. Lazy: most statements of an account are never evaluated."""
        return prepared_statement(self.ref, self.statement, variables=self.variables)

    @cached_property
    def action_bitset(self) -> int:
        """The catalogue's actions that the statement matches."""
        spend(bitset_steps(self.statement.actions.values))
        return element_bitset(self.statement.actions)

    @cached_property
    def arn_patterns(self) -> tuple[ArnPattern, ...]:
        """The statement's Resource patterns; empty if it has no Resource."""
        texts = self.statement.resources.values if self.statement.resources else ()
        return tuple(arn_pattern(text, escapes=self.variables) for text in texts)

    @cached_property
    def open_action_texts(self) -> tuple[str, ...]:
        """The statement's action patterns and names that are not in the catalogue, in lower case."""
        return tuple(
            text
            for value in self.statement.actions.values
            if has_wildcard(text := value.lower()) or not is_action(text)
        )

    @cached_property
    def used_keys(self) -> frozenset[str]:
        """The keys of the statement's conditions and policy variables, as they are written."""
        return frozenset((*(condition.key for condition in self.statement.conditions), *self._variable_keys()))

    def _variable_keys(self) -> Iterator[str]:
        """The keys of the statement's policy variables."""
        resources = self.statement.resources.values if self.statement.resources else ()
        values = (value for condition in self.statement.conditions for value in condition.values)
        for text in (*resources, *values) if self.variables else ():
            if "${" in text:
                tokens = (token for token in tokenize(text) if token.kind is TokenKind.VARIABLE)
                yield from (token.name.partition(",")[0].strip() for token in tokens)

    @cached_property
    def is_unrestricted(self) -> bool:
        """Whether the statement is restricted only by its actions."""
        resources = self.statement.resources
        all_resources = resources is None or (not resources.negated and any(map(is_single_star, resources.values)))
        return all_resources and not self.statement.conditions and self.statement.principals is None


@dataclass(frozen=True, eq=False)
class Access:
    """A set of requests. `|`, `&`, `-` and `~` build new sets."""

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
        """Whether a request is in the set; None if a statement cannot be decided for it."""
        if self.term is not None:
            matches = self.term.prepared.matches_action(request.action.lower())
            return self.term.prepared.applies(request) if matches else False
        results = (part.contains(request) for part in self.parts)
        if self.op is SetOperation.COMPLEMENT:
            return opposite(next(results))
        return any_of(results) if self.op is SetOperation.UNION else all_of(results)

    @cached_property
    def terms(self) -> tuple[StatementTerm, ...]:
        """The statements of which the set is built, without duplicates."""
        if self.term is not None:
            return (self.term,)
        return tuple(dict.fromkeys(term for part in self.parts for term in part.terms))

    @cached_property
    def tested_keys(self) -> dict[str, str]:
        """The condition keys that the statements test or use as variables: in lower case, and as they are written."""
        if self.term is None:
            return {lower: key for part in self.parts for lower, key in part.tested_keys.items()}
        return {key.lower(): key for key in sorted(self.term.used_keys, reverse=True)}

    @cached_property
    def action_bounds(self) -> tuple[int, int]:
        """(upper, lower) action bitsets: actions with possibly some request in the set, and with all requests in it.

        For a complement the bitsets are negative ints.
        """
        if self.term is not None:
            return self.term.action_bitset, self.term.action_bitset if self.term.is_unrestricted else 0
        if self.op is SetOperation.COMPLEMENT:
            possible, certain = self.parts[0].action_bounds
            return ~certain, ~possible
        possible, certain = (0, 0) if self.op is SetOperation.UNION else (-1, -1)
        for part in self.parts:
            upper, lower = part.action_bounds
            possible, certain = (
                (possible | upper, certain | lower)
                if self.op is SetOperation.UNION
                else (possible & upper, certain & lower)
            )
        return possible, certain

    @cached_property
    def polarities(self) -> dict[StatementTerm, int]:
        """Monotonicity of the set in each statement: 1 increasing, -1 decreasing, 0 mixed."""
        if self.term is not None:
            return {self.term: 1}
        polarities: dict[StatementTerm, int] = {}
        direction = -1 if self.op is SetOperation.COMPLEMENT else 1
        for part in self.parts:
            for term, polarity in part.polarities.items():
                polarities[term] = (
                    direction * polarity if polarities.get(term, direction * polarity) == direction * polarity else 0
                )
        return polarities

    def formula(self, indexes: dict[StatementTerm, int]) -> Formula:
        """The set as a function of its terms' truth values. `indexes` maps each term to its index."""
        if self.term is not None:
            index = indexes[self.term]
            return lambda truths: truths[index]
        parts = [part.formula(indexes) for part in self.parts]
        if self.op is SetOperation.COMPLEMENT:
            inner = parts[0]
            return lambda truths: opposite(inner(truths))
        combine = any_of if self.op is SetOperation.UNION else all_of
        return lambda truths: combine(part(truths) for part in parts)


def deduplicate_terms(access: Access) -> Access:
    """The same set, with one term for all equal statements."""
    return _deduplicate(access, {})


def _deduplicate(access: Access, known: dict[tuple[Any, ...], Access]) -> Access:
    """The access with each term replaced by the first equal one in `known`, which is extended."""
    if access.term is None:
        return Access(access.op, tuple(_deduplicate(part, known) for part in access.parts))
    statement = access.term.statement
    return known.setdefault(
        (statement.actions, statement.resources, statement.conditions, statement.principals, access.term.variables),
        access,
    )


NOTHING = Access(SetOperation.UNION)
EVERYTHING = Access(SetOperation.INTERSECTION)


def union(parts: Iterable[Access]) -> Access:
    """The union of the parts."""
    members = tuple(parts)
    return members[0] if len(members) == 1 else Access(SetOperation.UNION, members)


def statement_terms(policies: Sequence[Policy]) -> list[StatementTerm]:
    """The statements of policies that are evaluated together, in order."""
    return [
        StatementTerm(read, StatementRef(policy_index, statement_index, statement.sid), variables)
        for policy_index, policy in enumerate(policies)
        for statement_index, statement in enumerate(policy.statements)
        for read, variables in (with_read_variables(statement, policy.version),)
    ]


def access_of_terms(terms: Iterable[StatementTerm]) -> Access:
    """What statements allow together: some Allow applies and no Deny applies."""
    parts = [Access(SetOperation.STATEMENT, term=term) for term in terms]
    allows = [
        term_access
        for term_access in parts
        if term_access.term is not None and term_access.term.statement.effect is Effect.ALLOW
    ]
    denies = [
        term_access
        for term_access in parts
        if term_access.term is not None and term_access.term.statement.effect is Effect.DENY
    ]
    granted = union(allows)
    return granted - union(denies) if denies else granted


def access_of(policies: Sequence[Policy]) -> Access:
    """What policies allow together."""
    return access_of_terms(statement_terms(policies))


def access_of_statement(statement: Statement) -> Access:
    """What one statement allows by itself."""
    return access_of([Policy((statement,))])
