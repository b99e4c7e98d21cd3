"""Equivalence of two policies for all actions of the current catalogue, statement by statement.

The requests that the Allow statements match, and those that the Deny statements match, are each a union of parts: some
actions, on one Resource pattern, for one principal, under the same conditions. Parts that both policies have are equal;
the others are compared by the solver. Because Allow and Deny are compared separately, equivalent policies stay
equivalent together with any other policies, and as permissions boundaries.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.engine.compact.redundancy import statements_access
from iamglue.engine.solve.action_bitsets import actions_in, element_bitset
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.policy.arns import resource_covers
from iamglue.policy.conditions import Condition
from iamglue.policy.model import Effect, MatchList, Policy, Principals, Statement
from iamglue.policy.source.policy_writer import canonical_policy

_Part = tuple[Effect, MatchList | None, tuple[Condition, ...], Principals | None]
_Parts = dict[_Part, int]


def is_equivalent(policy: Policy, other_policy: Policy) -> bool:
    """Whether it is proved that both policies allow and deny the same requests for the catalogue's actions."""
    parts, other_parts = _split_parts(policy), _split_parts(other_policy)
    return (
        policy.version == other_policy.version
        and _is_covered(parts, other_parts, policy.version)
        and _is_covered(other_parts, parts, policy.version)
    )


def _split_parts(policy: Policy) -> _Parts:
    """The action bitset of each part."""
    bitsets: _Parts = {}
    for statement in canonical_policy(policy).statements:
        bitset = element_bitset(statement.actions)
        for resources in _single_patterns(statement.resources):
            for principals in _single_principals(statement.principals):
                part = (statement.effect, resources, statement.conditions, principals)
                bitsets[part] = bitsets.get(part, 0) | bitset
    return bitsets


def _single_patterns(element: MatchList | None) -> Iterator[MatchList | None]:
    """Each Resource pattern as an element of its own; NotResource as a whole."""
    if element is None or element.negated:
        yield element
    else:
        yield from (MatchList((value,)) for value in element.values)


def _single_principals(element: Principals | None) -> Iterator[Principals | None]:
    """Each principal as an element of its own; NotPrincipal as a whole."""
    if element is None or element.negated:
        yield element
    else:
        yield from (Principals((value,)) for value in element.values)


def _is_covered(parts: _Parts, other_parts: _Parts, version: str | None) -> bool:
    """Whether it is proved that the other parts match all requests of these parts."""
    for part, bitset in parts.items():
        extra = bitset
        for other_part, other_bitset in other_parts.items():
            if extra & other_bitset and _covers_part(other_part, part):
                extra &= ~other_bitset
        if extra:
            relevant = [
                _build_statement(other_part, other_bitset & extra)
                for other_part, other_bitset in other_parts.items()
                if other_bitset & extra and other_part[0] is part[0]
            ]
            comparison = compare(
                statements_access([_build_statement(part, extra)], version), statements_access(relevant, version)
            )
            if comparison.answer is not ComparisonAnswer.NO_NEW_ACCESS:
                return False
    return True


def _covers_part(general: _Part, part: _Part) -> bool:
    """Whether one part matches every request of another for an action of both, by what is written.

    That needs no proof, and holds for resources of every type; it decides nearly all parts of a compacted policy.
    """
    effect, resources, conditions, principals = general
    if (effect, conditions, principals) != (part[0], part[2], part[3]):
        return False
    if resources == part[1]:
        return True
    if resources is None or part[1] is None or resources.negated or part[1].negated:
        return False
    return resource_covers(resources.values[0], part[1].values[0])


def _build_statement(part: _Part, bitset: int) -> Statement:
    """A part as a statement with these actions."""
    effect, resources, conditions, principals = part
    actions = MatchList(tuple(sorted(map(str, actions_in(bitset)))))
    return Statement(effect, actions, resources, conditions, principals)
