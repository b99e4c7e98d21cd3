"""Whether two policies say the same of every action of today's catalogue: their statements held against each other.

The requests that the Allow statements apply to, and those that the Deny statements do, are each a union of parts:
some actions, on one Resource pattern, for one principal, under the same conditions. Parts that both policies have
are the same for certain; for the others the algebra is asked. As Allow and Deny are compared apart, equal policies
are equal beside any other policies, and as boundaries.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.engine.compact.redundancy import statements_access
from iamglue.engine.solve.action_bitsets import actions_in, element_bitset
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.policy.conditions import Condition
from iamglue.policy.model import Effect, MatchList, Policy, Principals, Statement
from iamglue.policy.source.policy_writer import canonical_policy

_Part = tuple[Effect, MatchList | None, tuple[Condition, ...], Principals | None]
_Parts = dict[_Part, int]


def is_equivalent(one: Policy, other: Policy) -> bool:
    """Whether it is proved that each of the policies allows and denies today what the other does."""
    ones, others = _parts(one), _parts(other)
    return one.version == other.version and _within(ones, others, one.version) and _within(others, ones, one.version)


def _parts(policy: Policy) -> _Parts:
    """For each part of a statement but its actions, the set of actions."""
    found: _Parts = {}
    for statement in canonical_policy(policy).statements:
        mask = element_bitset(statement.actions)
        for resources in _single_patterns(statement.resources):
            for principals in _single_principals(statement.principals):
                part = (statement.effect, resources, statement.conditions, principals)
                found[part] = found.get(part, 0) | mask
    return found


def _single_patterns(element: MatchList | None) -> Iterator[MatchList | None]:
    if element is None or element.negated:
        yield element
    else:
        yield from (MatchList((value,)) for value in element.values)


def _single_principals(element: Principals | None) -> Iterator[Principals | None]:
    if element is None or element.negated:
        yield element
    else:
        yield from (Principals((value,)) for value in element.values)


def _within(parts: _Parts, others: _Parts, version: str | None) -> bool:
    for part, mask in parts.items():
        extra = mask & ~others.get(part, 0)
        if extra:
            near = [
                _statement(other, own & extra) for other, own in others.items() if own & extra and other[0] is part[0]
            ]
            found = compare(statements_access([_statement(part, extra)], version), statements_access(near, version))
            if found.answer is not ComparisonAnswer.NO_NEW_ACCESS:
                return False
    return True


def _statement(part: _Part, mask: int) -> Statement:
    effect, resources, conditions, principals = part
    names = MatchList(tuple(sorted(map(str, actions_in(mask)))))
    return Statement(effect, names, resources, conditions, principals)
