"""Narrowing of a statement to the actions and resources that have requests in a given set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from iamglue.engine.solve.access import EVERYTHING, Access, SetOperation, StatementTerm
from iamglue.engine.solve.action_bitsets import actions_in, bitset_steps, pattern_bitset, patterns_bitset
from iamglue.engine.solve.allowed_actions import find_allowed_actions
from iamglue.engine.solve.budget import DIFF_PROOF_STEPS, spend, step_budget
from iamglue.engine.solve.proof import EmptinessProof, Verdict, prove_empty
from iamglue.policy.model import MatchList, Statement
from iamglue.policy.patterns.pattern_index import PatternIndex
from iamglue.policy.patterns.wildcards import covers_action, intersects_action


class Prover:
    """Proofs about the requests in `possible`: each has a small budget within one larger budget."""

    def __init__(self, possible: Access = EVERYTHING) -> None:
        self.possible = possible

    def prove(self, access: Access) -> EmptinessProof:
        """The result of `prove_empty`. Raises Exhausted if the larger budget is used up."""
        with step_budget(DIFF_PROOF_STEPS):
            proof = prove_empty(access & self.possible)
        spend(_PROOF_START_STEPS)
        return proof

    def is_empty(self, access: Access) -> bool:
        """Whether the access is proved to be empty."""
        return self.prove(access).verdict is Verdict.EMPTY


# The steps to start a proof.
_PROOF_START_STEPS = 500


@dataclass(frozen=True, slots=True)
class NarrowedStatement:
    """What remains of a statement.

    `has_future_actions`: the set also includes actions that do not exist yet. `has_unlisted_arns`: it also includes
    requests on ARNs that AWS's reference does not list for their actions.
    """

    statement: Statement
    has_future_actions: bool = False
    has_unlisted_arns: bool = False


@dataclass(frozen=True, slots=True)
class _NarrowedActions:
    """Actions with some request in the target, and whether it also includes future actions or unlisted ARNs."""

    element: MatchList
    has_future: bool = False
    has_unlisted: bool = False


def term_access(term: StatementTerm) -> Access:
    """The requests that one statement applies to."""
    return Access(SetOperation.STATEMENT, term=term)


def narrow_statement(
    term: StatementTerm, target: Access, patterns: Sequence[str], prover: Prover
) -> Iterator[NarrowedStatement]:
    """Split a statement into statements in which every action and every resource has a request in `target`.

    Together they cover the whole intersection of the statement with the target. `patterns` are action patterns that
    shorten long lists.
    """
    resources_by_actions: dict[_NarrowedActions, list[str]] = {}
    resources = term.statement.resources
    if resources is None or resources.negated:
        if prover.prove(target & term_access(term)).verdict is not Verdict.EMPTY:
            actions = _narrow_actions(term, target, patterns, prover)
            yield NarrowedStatement(
                replace(term.statement, actions=actions.element), actions.has_future, actions.has_unlisted
            )
        return
    for part_values, actions in _narrow_by_resource(term, target, patterns, prover):
        resources_by_actions.setdefault(actions, []).extend(part_values)
    for actions, values in resources_by_actions.items():
        statement = replace(term.statement, actions=actions.element, resources=MatchList(tuple(values)))
        yield NarrowedStatement(statement, actions.has_future, actions.has_unlisted)


def _narrow_by_resource(
    term: StatementTerm, target: Access, patterns: Sequence[str], prover: Prover
) -> Iterator[tuple[tuple[str, ...], _NarrowedActions]]:
    """The resources with some request in the target, found by bisecting the list."""
    resources = term.statement.resources
    if resources is None or prover.prove(target & term_access(term)).verdict is Verdict.EMPTY:
        return
    values = resources.values
    if len(values) == 1:
        yield values, _narrow_actions(term, target, patterns, prover)
    elif prover.is_empty(term_access(term) - target):
        yield values, _NarrowedActions(_usable_actions(term))
    else:
        middle = len(values) // 2
        for half in (values[:middle], values[middle:]):
            part = term.with_statement(replace(term.statement, resources=MatchList(half)))
            yield from _narrow_by_resource(part, target, patterns, prover)


def _narrow_actions(term: StatementTerm, target: Access, patterns: Sequence[str], prover: Prover) -> _NarrowedActions:
    """The actions with some request in the target; only if none has one on a listed ARN, unlisted ARNs count."""
    if prover.is_empty(term_access(term) - target):
        return _NarrowedActions(_usable_actions(term))
    matching = find_allowed_actions(target & term_access(term)).bitset
    possible = find_allowed_actions(term_access(term), unlisted=not matching).bitset
    matching = matching or find_allowed_actions(target & term_access(term), unlisted=True).bitset
    narrowed = _shortest_element(term, matching, possible, patterns)
    remaining = term_access(term) - term_access(term.with_statement(replace(term.statement, actions=narrowed)))
    proof = prover.prove(target & remaining)
    if not matching or (proof.verdict is not Verdict.EMPTY and not proof.future_only and not proof.unlisted_only):
        # Only future actions, or undecided: the statement's own patterns are sure to cover the target.
        return _NarrowedActions(term.statement.actions, proof.future_only)
    return _NarrowedActions(narrowed, proof.future_only, proof.unlisted_only)


def _usable_actions(term: StatementTerm) -> MatchList:
    """The statement's actions without those of the catalogue that have no request on its resources."""
    element = term.statement.actions
    if element.negated or len(element.values) == 1:
        return element
    possible = find_allowed_actions(term_access(term), unlisted=True).bitset
    return MatchList(
        tuple(value for value in element.values if pattern_bitset(value) & possible or not pattern_bitset(value))
    )


def _shortest_element(term: StatementTerm, matching: int, possible: int, patterns: Sequence[str]) -> MatchList:
    """The matching actions as an element: the statement's own patterns if exact, then the given ones, then names."""
    element = term.statement.actions
    spend(bitset_steps(tuple(patterns)))
    chosen = [] if element.negated else _exact_patterns(element.values, matching, possible)
    unnamed = matching & ~patterns_bitset(tuple(chosen))
    prefixes = dict.fromkeys(f"{action.service}:*" for action in actions_in(unnamed))
    # A pattern for only one of the actions is not better than its name.
    candidates = [pattern for pattern in (*patterns, *prefixes) if (pattern_bitset(pattern) & unnamed).bit_count() > 1]
    exact = [pattern for pattern in _exact_patterns(candidates, matching, possible) if _is_within(pattern, element)]
    for pattern in sorted(exact, key=lambda pattern: -(pattern_bitset(pattern) & matching).bit_count()):
        spend()
        if (pattern_bitset(pattern) & unnamed).bit_count() > 1:
            chosen.append(pattern)
            unnamed &= ~pattern_bitset(pattern)
    listed = (*chosen, *sorted(map(str, actions_in(unnamed))))
    return _complement(element, matching, possible, patterns, shorter_than=len(listed)) or MatchList(listed)


def _complement(
    element: MatchList, matching: int, possible: int, patterns: Sequence[str], shorter_than: int
) -> MatchList | None:
    """Everything but some patterns, if that is exact and shorter; else None. Everything without exception is `*`."""
    if not element.negated and "*" not in element.values:
        return None
    excluded = (
        *(element.values if element.negated else ()),
        *(pattern for pattern in patterns if not pattern_bitset(pattern) & matching),
    )
    is_exact = 0 < len(excluded) < shorter_than and matching == possible & ~patterns_bitset(excluded)
    return MatchList(excluded, negated=True) if is_exact else None


def _exact_patterns(patterns: Iterable[str], matching: int, possible: int) -> list[str]:
    """The patterns that match only matching actions, among those that are possible in the statement."""
    return [
        pattern
        for pattern in patterns
        if pattern_bitset(pattern) & possible and not pattern_bitset(pattern) & possible & ~matching
    ]


def _is_within(pattern: str, element: MatchList) -> bool:
    """Whether an Action or NotAction element matches all names that a pattern matches, existing or not."""
    index = _pattern_index(element)
    if element.negated:
        return not any(intersects_action(value, pattern) for value in index.possible_overlaps(pattern.lower()))
    return any(covers_action(value, pattern) for value in index.possible_covers(pattern.lower()))


@lru_cache(maxsize=256)
def _pattern_index(element: MatchList) -> PatternIndex:
    return PatternIndex(map(str.lower, element.values))
