"""The intersection of two statements as one statement, as precisely as one statement can express it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

from iamglue.engine.solve.budget import spend
from iamglue.policy.arns import resource_covers, resource_intersects
from iamglue.policy.conditions import Condition
from iamglue.policy.model import MatchList, Statement
from iamglue.policy.patterns.pattern_index import PatternIndex
from iamglue.policy.patterns.wildcards import intersects

_Relation = Callable[[str, str], bool]
# The steps to compare two patterns.
_COMPARISON_STEPS = 8


def intersect_statements(statement: Statement, other_statement: Statement) -> Statement:
    """`statement` restricted to where `other_statement` applies, as far as one statement can express it.

    The result always includes the whole intersection.
    """
    return replace(
        statement,
        resources=_intersect_resources(statement.resources, other_statement.resources),
        conditions=_combine_conditions(statement, other_statement),
    )


def may_overlap(statement: Statement, other_statement: Statement) -> bool:
    """False if no request matches both statements; True may also mean "not decided"."""
    spend(_COMPARISON_STEPS)
    return _lists_overlap(statement.actions, other_statement.actions, intersects, folded=True) and (
        statement.resources is None
        or other_statement.resources is None
        or _lists_overlap(statement.resources, other_statement.resources, resource_intersects, folded=False)
    )


def with_overlapping_values(statement: Statement, other_statement: Statement) -> Statement:
    """`statement` with only those list values that may overlap `other_statement`.

    The intersection stays the same. Returns `statement` itself if no value is removed.
    """
    actions = _overlapping_values(statement.actions, other_statement.actions, intersects, folded=True)
    resources = statement.resources
    if resources is not None and other_statement.resources is not None:
        resources = _overlapping_values(resources, other_statement.resources, resource_intersects, folded=False)
    is_unchanged = actions is statement.actions and resources is statement.resources
    return statement if is_unchanged else replace(statement, actions=actions, resources=resources)


def _lists_overlap(element: MatchList, other_element: MatchList, intersect: _Relation, *, folded: bool) -> bool:
    """Whether a value of one list may match a text that a value of the other list matches."""
    if element.negated or other_element.negated:
        return True
    values, other_values = _normalize(element.values, folded=folded), _normalize(other_element.values, folded=folded)
    if not _value_set(values).isdisjoint(other_values):
        return True
    few, many = (values, other_values) if len(values) <= len(other_values) else (other_values, values)
    index = _pattern_index(many)
    return any(intersect(value, candidate) for value in few for candidate in _possible_overlaps(index, value))


def _overlapping_values(
    statement: MatchList, other_statement: MatchList, intersect: _Relation, *, folded: bool
) -> MatchList:
    """The values of one list that may overlap the other list; at least one of them."""
    if statement.negated or other_statement.negated or len(statement.values) == 1:
        return statement
    other_values = _normalize(other_statement.values, folded=folded)
    listed, index = _value_set(other_values), _pattern_index(other_values)
    # What both list needs no comparison of patterns: that took a third of the compaction of thousands of actions.
    values = tuple(
        value
        for value, text in zip(statement.values, _normalize(statement.values, folded=folded), strict=True)
        if text in listed or any(intersect(text, candidate) for candidate in _possible_overlaps(index, text))
    )
    return statement if len(values) == len(statement.values) else MatchList(values or statement.values[:1])


def _possible_overlaps(index: PatternIndex, text: str) -> Iterator[str]:
    """The values that may overlap `text` according to the index of their list; the caller checks them.

    The caller looks the index up once for each list: to hash a list of thousands of actions takes long.
    """
    for value in index.possible_overlaps(text):
        spend(_COMPARISON_STEPS)
        yield value


@lru_cache(maxsize=4096)
def _normalize(values: tuple[str, ...], *, folded: bool) -> tuple[str, ...]:
    """The values, in lower case for actions."""
    return tuple(map(str.lower, values)) if folded else values


@lru_cache(maxsize=4096)
def _value_set(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(values)


@lru_cache(maxsize=4096)
def _pattern_index(values: tuple[str, ...]) -> PatternIndex:
    return PatternIndex(values)


def _intersect_resources(statement: MatchList | None, other_statement: MatchList | None) -> MatchList | None:
    """The Resource element restricted to patterns that may overlap the other element."""
    if statement is None or other_statement is None or other_statement.negated:
        return statement
    if statement.negated:
        return other_statement
    patterns: dict[str, None] = {}
    index = _pattern_index(other_statement.values)
    for pattern in statement.values:
        for other_pattern in _possible_overlaps(index, pattern):
            if resource_covers(pattern, other_pattern):
                patterns[other_pattern] = None
            elif resource_covers(other_pattern, pattern) or resource_intersects(pattern, other_pattern):
                patterns[pattern] = None
    return MatchList(tuple(patterns)) if patterns else statement


def _combine_conditions(statement: Statement, other_statement: Statement) -> tuple[Condition, ...]:
    """The conditions of both statements, as far as one document can have them."""
    # A document cannot have the same operator and key twice.
    used = {(condition.operator, condition.key) for condition in statement.conditions}
    return (
        *statement.conditions,
        *(condition for condition in other_statement.conditions if (condition.operator, condition.key) not in used),
    )
