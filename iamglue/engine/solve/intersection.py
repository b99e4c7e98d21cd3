"""Two statements as one that holds what both apply to, as near as one statement can say it."""

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
# Steps to hold two patterns against each other.
_COMPARISON = 8


def intersect_statements(one: Statement, other: Statement) -> Statement:
    """`one` narrowed to where `other` applies too, where that can be written; never narrower than both together."""
    return replace(one, resources=_resources(one.resources, other.resources), conditions=_conditions(one, other))


def may_overlap(one: Statement, other: Statement) -> bool:
    """False where no request is one that both statements apply to; True may mean "not looked at"."""
    spend(_COMPARISON)
    return _meet(one.actions, other.actions, intersects, folded=True) and (
        one.resources is None
        or other.resources is None
        or _meet(one.resources, other.resources, resource_intersects, folded=False)
    )


def with_overlapping_values(one: Statement, other: Statement) -> Statement:
    """`one` with those values of its lists alone that may meet `other`: it applies to the same of what `other` does.

    It is `one` itself where that leaves out nothing.
    """
    actions = _met(one.actions, other.actions, intersects, folded=True)
    resources = one.resources
    if resources is not None and other.resources is not None:
        resources = _met(resources, other.resources, resource_intersects, folded=False)
    same = actions is one.actions and resources is one.resources
    return one if same else replace(one, actions=actions, resources=resources)


def _meet(one: MatchList, other: MatchList, intersect: _Relation, *, folded: bool) -> bool:
    """Whether a value of one list may share a text with one of the other."""
    if one.negated or other.negated:
        return True
    mine, theirs = _texts(one.values, folded=folded), _texts(other.values, folded=folded)
    if not _set(mine).isdisjoint(theirs):
        return True
    few, many = (mine, theirs) if len(mine) <= len(theirs) else (theirs, mine)
    return any(intersect(value, near) for value in few for near in _near(many, value))


def _met(one: MatchList, other: MatchList, intersect: _Relation, *, folded: bool) -> MatchList:
    """The values of one list that may share a text with one of the other; one of them at least."""
    if one.negated or other.negated or len(one.values) == 1:
        return one
    theirs = _texts(other.values, folded=folded)
    met = tuple(
        value
        for value, text in zip(one.values, _texts(one.values, folded=folded), strict=True)
        if any(intersect(text, near) for near in _near(theirs, text))
    )
    return one if len(met) == len(one.values) else MatchList(met or one.values[:1])


def _near(values: tuple[str, ...], text: str) -> Iterator[str]:
    """The values that may share a text with `text`, which is to be found out."""
    for value in _heads(values).possible_overlaps(text):
        spend(_COMPARISON)
        yield value


@lru_cache(maxsize=4096)
def _texts(values: tuple[str, ...], *, folded: bool) -> tuple[str, ...]:
    return tuple(map(str.lower, values)) if folded else values


@lru_cache(maxsize=4096)
def _set(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(values)


@lru_cache(maxsize=4096)
def _heads(values: tuple[str, ...]) -> PatternIndex:
    return PatternIndex(values)


def _resources(one: MatchList | None, other: MatchList | None) -> MatchList | None:
    if one is None or other is None or other.negated:
        return one
    if one.negated:
        return other
    met: dict[str, None] = {}
    for mine in one.values:
        for theirs in _near(other.values, mine):
            if resource_covers(mine, theirs):
                met[theirs] = None
            elif resource_covers(theirs, mine) or resource_intersects(mine, theirs):
                met[mine] = None
    return MatchList(tuple(met)) if met else one


def _conditions(one: Statement, other: Statement) -> tuple[Condition, ...]:
    # A document cannot hold an operator and key twice.
    taken = {(each.operator, each.key) for each in one.conditions}
    return (*one.conditions, *(each for each in other.conditions if (each.operator, each.key) not in taken))
