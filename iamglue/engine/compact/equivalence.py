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
from iamglue.engine.solve.comparison import ComparisonAnswer, compare_on_all_types
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
        extra = bitset & ~other_parts.get(part, 0)
        if extra:
            relevant = [
                _build_statement(other_part, other_bitset & extra)
                for other_part, other_bitset in other_parts.items()
                if other_bitset & extra and other_part[0] is part[0]
            ]
            comparison = compare_on_all_types(
                statements_access([_build_statement(part, extra)], version), statements_access(relevant, version)
            )
            if comparison.answer is not ComparisonAnswer.NO_NEW_ACCESS:
                return False
    return True


def _build_statement(part: _Part, bitset: int) -> Statement:
    """A part as a statement with these actions."""
    effect, resources, conditions, principals = part
    actions = MatchList(tuple(sorted(map(str, actions_in(bitset)))))
    return Statement(effect, actions, resources, conditions, principals)
