"""An access divided into parts that can be looked at one by one, each without what makes no difference to it.

Every step is a law of sets. With `x & f` only the requests in `x` matter to `f`, so in `f` the statement `x` holds for
every request; with `f - x` it holds for none. Statements that both sides of a comparison share fall away by that: in
`(a | b) - (a | c)`, `a` is taken away, so `a` holds for none of what is left, which is `b - a - c`. A shared Deny falls
away in the same manner: `(a - d) - (b - d)` is `a - d` less `b - d`, and where `d` is taken away, `b - d` is `b`. A
union is looked at part by part, `(a | b) & f` being `a & f` and `b & f`; and beside `a`, a statement that no request
of `a` meets holds for none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from iamglue.engine.solve.access import Access, SetOperation, StatementTerm
from iamglue.engine.solve.budget import PROOF_STEPS, Exhausted, spend, step_budget
from iamglue.engine.solve.intersection import may_overlap, with_overlapping_values
from iamglue.policy.model import MatchList, Statement

# Steps that dividing may take; what is left then stays together.
_STEPS = PROOF_STEPS // 4
# So many statements are looked at in a step.
_LEAVES = 16
_Known = dict[StatementTerm, bool]


def decompose_access(access: Access) -> list[Access]:
    """Accesses that together hold what `access` does, no request more and none less; none where it holds nothing.

    Statements that say the same have to be the same leaves, as in what `shared` returns.
    """
    known: _Known = {}
    settled = _settled([_normal(access)], known)
    if settled is None:
        return []
    union = next((each for each in settled if each.op is SetOperation.UNION and all(map(_positive, each.parts))), None)
    if union is None:
        with step_budget(_STEPS):
            return _slimmed([], settled)
    others = [each for each in settled if each is not union]
    literals = [each for each in others if _leaf(each) is not None]
    rest = [each for each in others if _leaf(each) is None]
    found: list[Access] = []
    with step_budget(_STEPS):
        for at, part in enumerate(union.parts):
            try:
                spend(1 + len(others) // _LEAVES)
            except Exhausted:
                return [
                    *found,
                    Access(SetOperation.INTERSECTION, (Access(SetOperation.UNION, union.parts[at:]), *others)),
                ]
            left = _settled([part, *rest], dict(known))
            if left is not None:
                found += _slimmed(literals, left)
    return found


def _normal(access: Access, *, holds: bool = True) -> Access:
    """The same set, or with `holds` False its complement, with complements of single statements only."""
    if access.term is not None:
        return access if holds else ~access
    if access.op is SetOperation.COMPLEMENT:
        return _normal(access.parts[0], holds=not holds)
    op = (
        access.op
        if holds
        else SetOperation.UNION
        if access.op is SetOperation.INTERSECTION
        else SetOperation.INTERSECTION
    )
    return Access(op, tuple(_flat(op, (_normal(part, holds=holds) for part in access.parts))))


def _flat(op: SetOperation, parts: Iterable[Access]) -> Iterator[Access]:
    """The parts; in the place of one that is made in the same way, its own parts."""
    for part in parts:
        if part.op is op:
            yield from part.parts
        else:
            yield part


def _settled(parts: Iterable[Access], known: _Known) -> list[Access] | None:
    """What holds just the requests that all of the parts do, with what is known taken for granted; None: nothing does.

    What the parts themselves tell is added to what is known.
    """
    left = list(_flat(SetOperation.INTERSECTION, parts))
    told: set[StatementTerm] = set()
    while True:
        fresh = False
        for literal in left:
            leaf = _leaf(literal)
            if leaf is not None and leaf not in told:
                holds = literal.term is not None
                if known.setdefault(leaf, holds) is not holds:
                    return None
                told.add(leaf)
                fresh = True
        if not fresh:
            return left
        literals = [each for each in left if _leaf(each) is not None]
        rest = [_given(each, known) for each in left if _leaf(each) is None]
        left = [*literals, *_flat(SetOperation.INTERSECTION, rest)]
        if any(each.op is SetOperation.UNION and not each.parts for each in left):
            return None


def _given(access: Access, known: _Known) -> Access:
    """The set where some statements hold for every request and others for none."""
    leaf = _leaf(access)
    if leaf is not None:
        holds = known.get(leaf)
        if holds is None:
            return access
        return Access(SetOperation.INTERSECTION if holds is (access.term is not None) else SetOperation.UNION)
    other = SetOperation.UNION if access.op is SetOperation.INTERSECTION else SetOperation.INTERSECTION
    found = []
    for part in access.parts:
        changed = _given(part, known)
        if changed.op is other and not changed.parts:
            return changed
        found.append(changed)
    flat = tuple(_flat(access.op, found))
    return flat[0] if len(flat) == 1 else Access(access.op, flat)


def _leaf(access: Access) -> StatementTerm | None:
    """The statement of a literal: a statement, or the complement of one."""
    return access.term or (access.parts[0].term if access.op is SetOperation.COMPLEMENT else None)


def _positive(access: Access) -> bool:
    """Whether the set lies in a statement."""
    return access.term is not None or (
        access.op is SetOperation.INTERSECTION and any(part.term is not None for part in access.parts)
    )


def _slimmed(literals: list[Access], parts: list[Access]) -> list[Access]:
    """The meeting of all without the statements that no request of it meets; nothing where nothing is left."""
    within = [part.term for part in (*literals, *parts) if part.term is not None]
    apart: _Known = {}
    for leaf in Access(SetOperation.INTERSECTION, (*literals, *parts)).terms:
        if not all(each is leaf or _may_meet(each.statement, leaf.statement) for each in within):
            apart[leaf] = False
    if any(leaf in apart for leaf in within):
        return []
    left = _settled([each for each in parts if _leaf(each) not in apart], apart)
    if left is None:
        return []
    # What is not met is taken away already.
    return _without_shared([*(each for each in literals if _leaf(each) not in apart), *left])


def _may_meet(one: Statement, other: Statement) -> bool:
    try:
        return may_overlap(one, other)
    except Exhausted:
        return True


def _without_shared(parts: list[Access]) -> list[Access]:
    """The meeting of the parts, less the values that a statement and one that is taken away both list.

    Each statement is cut down to the values that the others may meet.
    """
    taken = [leaf for part in parts if part.term is None and (leaf := _leaf(part)) is not None]
    found = {part.term: part.term for part in parts if part.term is not None}
    for leaf in tuple(found):
        for other in taken:
            left = _less(found[leaf], other)
            if left is None:
                return []
            found[leaf] = left
    for leaf, own in found.items():
        found[leaf] = _cut(own, [each for each in found.values() if each is not own])
    cut = {other: _cut(other, list(found.values())) for other in taken}
    return [Access(SetOperation.INTERSECTION, tuple(_replaced(part, found | cut) for part in parts))]


def _cut(leaf: StatementTerm, within: list[StatementTerm]) -> StatementTerm:
    """A statement without the values that some others do not meet, beside which alone it matters."""
    statement = leaf.statement
    try:
        for each in within:
            statement = with_overlapping_values(statement, each.statement)
    except Exhausted:
        pass
    return leaf if statement is leaf.statement else leaf.with_statement(statement)


def _less(leaf: StatementTerm, other: StatementTerm) -> StatementTerm | None:
    """A statement less the values of the only list in which it differs from one taken away; None: all of them."""
    one, two = leaf.statement, other.statement
    if leaf.variables != other.variables or (one.conditions, one.principals) != (two.conditions, two.principals):
        return leaf
    if one.resources == two.resources:
        kept = _values_less(one.actions, two.actions)
        return leaf.with_statement(replace(one, actions=kept)) if kept else None
    if one.actions == two.actions and one.resources is not None and two.resources is not None:
        kept = _values_less(one.resources, two.resources)
        return leaf.with_statement(replace(one, resources=kept)) if kept else None
    return leaf


def _values_less(one: MatchList, other: MatchList) -> MatchList | None:
    if one.negated or other.negated:
        return one
    taken = set(other.values)
    kept = tuple(value for value in one.values if value not in taken)
    return MatchList(kept) if kept else None


def _replaced(access: Access, by: dict[StatementTerm, StatementTerm]) -> Access:
    if access.term is not None:
        leaf = by.get(access.term)
        return access if leaf is None or leaf is access.term else Access(SetOperation.STATEMENT, term=leaf)
    return Access(access.op, tuple(_replaced(part, by) for part in access.parts))
