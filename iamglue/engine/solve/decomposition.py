"""Decomposition of an access into parts that can be searched separately, each as small as possible.

Every step is a law of sets. In `x & f` only the requests in `x` matter to `f`, so in `f` the statement `x` holds for
every request; in `f - x` it holds for none. This removes statements that both sides of a comparison share. In
`(a | b) - (a | c)`, `a` is subtracted, so `a` holds for no remaining request, which leaves `b - a - c`. A shared Deny
disappears in the same way: `(a - d) - (b - d)` is `a - d` minus `b - d`, and where `d` is subtracted, `b - d` is `b`.
A union is split, `(a | b) & f` into `a & f` and `b & f`. In an intersection with `a`, a statement that does not overlap
`a` holds for no request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from iamglue.engine.solve.access import Access, SetOperation, StatementTerm
from iamglue.engine.solve.budget import PROOF_STEPS, Exhausted, spend, step_budget
from iamglue.engine.solve.intersection import may_overlap, with_overlapping_values
from iamglue.policy.model import MatchList, Statement

# The limit of steps for the decomposition; what is left then stays together.
_MAX_STEPS = PROOF_STEPS // 4
# The number of statements that are compared in one step.
_TERMS_PER_STEP = 16
_KnownTerms = dict[StatementTerm, bool]


def decompose_access(access: Access) -> list[Access]:
    """Accesses whose union is exactly `access`; empty if it contains nothing.

    Equal statements must be the same terms, as `deduplicate_terms` returns them.
    """
    known: _KnownTerms = {}
    conjuncts = _simplify_intersection([_normal_form(access)], known)
    if conjuncts is None:
        return []
    union = next(
        (part for part in conjuncts if part.op is SetOperation.UNION and all(map(_is_within_statement, part.parts))),
        None,
    )
    if union is None:
        with step_budget(_MAX_STEPS):
            return _remove_unmatched_terms([], conjuncts)
    others = [part for part in conjuncts if part is not union]
    literals = [part for part in others if _literal_term(part) is not None]
    rest = [part for part in others if _literal_term(part) is None]
    pieces: list[Access] = []
    with step_budget(_MAX_STEPS):
        for index, member in enumerate(union.parts):
            try:
                spend(1 + len(others) // _TERMS_PER_STEP)
            except Exhausted:
                return [
                    *pieces,
                    Access(SetOperation.INTERSECTION, (Access(SetOperation.UNION, union.parts[index:]), *others)),
                ]
            simplified = _simplify_intersection([member, *rest], dict(known))
            if simplified is not None:
                pieces += _remove_unmatched_terms(literals, simplified)
    return pieces


def may_overlap_statement(part: Access, statement: Statement) -> bool:
    """Whether a part of a decomposed access may have requests of a statement; True may also mean "not decided"."""
    members = part.parts if part.op is SetOperation.INTERSECTION else (part,)
    return all(
        _may_overlap_within_budget(member.term.statement, statement) for member in members if member.term is not None
    )


def _normal_form(access: Access, *, holds: bool = True) -> Access:
    """The same set, or with `holds` False its complement, with complements of single statements only."""
    if access.term is not None:
        return access if holds else ~access
    if access.op is SetOperation.COMPLEMENT:
        return _normal_form(access.parts[0], holds=not holds)
    op = (
        access.op
        if holds
        else SetOperation.UNION
        if access.op is SetOperation.INTERSECTION
        else SetOperation.INTERSECTION
    )
    return Access(op, tuple(_flatten(op, (_normal_form(part, holds=holds) for part in access.parts))))


def _flatten(op: SetOperation, parts: Iterable[Access]) -> Iterator[Access]:
    """The parts, with nested parts of the same operation inlined."""
    for part in parts:
        if part.op is op:
            yield from part.parts
        else:
            yield part


def _simplify_intersection(parts: Iterable[Access], known: _KnownTerms) -> list[Access] | None:
    """The intersection of the parts, simplified with the known terms; None if it is empty.

    Adds the terms that the parts determine to `known`.
    """
    remaining = list(_flatten(SetOperation.INTERSECTION, parts))
    assumed_terms: set[StatementTerm] = set()
    while True:
        has_new_term = False
        for literal in remaining:
            term = _literal_term(literal)
            if term is not None and term not in assumed_terms:
                holds = literal.term is not None
                if known.setdefault(term, holds) is not holds:
                    return None
                assumed_terms.add(term)
                has_new_term = True
        if not has_new_term:
            return remaining
        literals = [part for part in remaining if _literal_term(part) is not None]
        rest = [_substitute_known(part, known) for part in remaining if _literal_term(part) is None]
        remaining = [*literals, *_flatten(SetOperation.INTERSECTION, rest)]
        if any(part.op is SetOperation.UNION and not part.parts for part in remaining):
            return None


def _substitute_known(access: Access, known: _KnownTerms) -> Access:
    """The set with known terms replaced by everything or nothing."""
    term = _literal_term(access)
    if term is not None:
        holds = known.get(term)
        if holds is None:
            return access
        return Access(SetOperation.INTERSECTION if holds is (access.term is not None) else SetOperation.UNION)
    opposite_operation = SetOperation.UNION if access.op is SetOperation.INTERSECTION else SetOperation.INTERSECTION
    parts = []
    for part in access.parts:
        substituted = _substitute_known(part, known)
        if substituted.op is opposite_operation and not substituted.parts:
            return substituted
        parts.append(substituted)
    flattened = tuple(_flatten(access.op, parts))
    return flattened[0] if len(flattened) == 1 else Access(access.op, flattened)


def _literal_term(access: Access) -> StatementTerm | None:
    """The term of a literal (a statement or its complement); None for another set."""
    return access.term or (access.parts[0].term if access.op is SetOperation.COMPLEMENT else None)


def _is_within_statement(access: Access) -> bool:
    """Whether the set is a subset of one statement."""
    return access.term is not None or (
        access.op is SetOperation.INTERSECTION and any(part.term is not None for part in access.parts)
    )


def _remove_unmatched_terms(literals: list[Access], parts: list[Access]) -> list[Access]:
    """The intersection without the statements that do not overlap it; empty if nothing is left."""
    positive_terms = [part.term for part in (*literals, *parts) if part.term is not None]
    unmatched: _KnownTerms = {}
    for term in Access(SetOperation.INTERSECTION, (*literals, *parts)).terms:
        if not all(
            positive is term or _may_overlap_within_budget(positive.statement, term.statement)
            for positive in positive_terms
        ):
            unmatched[term] = False
    if any(term in unmatched for term in positive_terms):
        return []
    remaining = _simplify_intersection([part for part in parts if _literal_term(part) not in unmatched], unmatched)
    if remaining is None:
        return []
    # A subtracted statement that does not overlap changes nothing.
    return _remove_shared_values([*(part for part in literals if _literal_term(part) not in unmatched), *remaining])


def _may_overlap_within_budget(statement: Statement, other_statement: Statement) -> bool:
    """Whether the statements may overlap; True if the budget is used up."""
    try:
        return may_overlap(statement, other_statement)
    except Exhausted:
        return True


def _remove_shared_values(parts: list[Access]) -> list[Access]:
    """The intersection of the parts, without values that a statement and a subtracted one both list.

    Also restricts each statement to the values that may overlap the others.
    """
    subtracted = [term for part in parts if part.term is None and (term := _literal_term(part)) is not None]
    replacements = {part.term: part.term for part in parts if part.term is not None}
    for term in tuple(replacements):
        for subtracted_term in subtracted:
            reduced = _subtract_values(replacements[term], subtracted_term)
            if reduced is None:
                return []
            replacements[term] = reduced
    for term, replacement in replacements.items():
        replacements[term] = _restrict_values(
            replacement, [other_term for other_term in replacements.values() if other_term is not replacement]
        )
    restricted = {
        subtracted_term: _restrict_values(subtracted_term, list(replacements.values()))
        for subtracted_term in subtracted
    }
    return [Access(SetOperation.INTERSECTION, tuple(_replace_terms(part, replacements | restricted) for part in parts))]


def _restrict_values(term: StatementTerm, others: list[StatementTerm]) -> StatementTerm:
    """A statement without the values that do not overlap the other statements of the intersection."""
    statement = term.statement
    try:
        for other in others:
            statement = with_overlapping_values(statement, other.statement)
    except Exhausted:
        pass
    return term if statement is term.statement else term.with_statement(statement)


def _subtract_values(term: StatementTerm, other: StatementTerm) -> StatementTerm | None:
    """A statement without the subtracted values of the only list in which the two differ; None if none are left."""
    statement, other_statement = term.statement, other.statement
    if term.variables != other.variables or (statement.conditions, statement.principals) != (
        other_statement.conditions,
        other_statement.principals,
    ):
        return term
    if statement.resources == other_statement.resources:
        values = _list_difference(statement.actions, other_statement.actions)
        return term.with_statement(replace(statement, actions=values)) if values else None
    if (
        statement.actions == other_statement.actions
        and statement.resources is not None
        and other_statement.resources is not None
    ):
        values = _list_difference(statement.resources, other_statement.resources)
        return term.with_statement(replace(statement, resources=values)) if values else None
    return term


def _list_difference(element: MatchList, other_element: MatchList) -> MatchList | None:
    """The values of one element that the other does not have; None if none are left."""
    if element.negated or other_element.negated:
        return element
    removed = set(other_element.values)
    values = tuple(value for value in element.values if value not in removed)
    return MatchList(values) if values else None


def _replace_terms(access: Access, replacements: dict[StatementTerm, StatementTerm]) -> Access:
    """The access with its terms replaced."""
    if access.term is not None:
        term = replacements.get(access.term)
        return access if term is None or term is access.term else Access(SetOperation.STATEMENT, term=term)
    return Access(access.op, tuple(_replace_terms(part, replacements) for part in access.parts))
