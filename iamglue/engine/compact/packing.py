"""Statements put into the fewest policies of a limited size that hold together what one policy holds.

Whole statements are tried in as many orders as it takes; a statement is divided only where that saves a policy or
it fits into none. Only a list of Action or Resource can be divided: a part of NotAction or NotResource says more.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from iamglue.engine.compact.bins import fewest_bins
from iamglue.policy.document import policy_size
from iamglue.policy.model import VERSION_2012, MatchList, Policy, Statement

# Parts of one statement that meet in a policy get a number behind their Sid, for which there is room.
_NUMBER = 3


def pack_statements(
    statements: Sequence[Statement], limit: int, version: str | None = VERSION_2012
) -> tuple[Policy, ...]:
    """Policies of at most `limit` characters (white space not counted) that together hold the statements.

    The order of the statements is kept in each policy. Raises ValueError when a statement of one action on one
    resource is over the limit by itself.
    """
    room = limit - _empty(version) + 1
    sizes = [_size(each) for each in statements]
    filled = [_with_own_sids(each) for each in _filled(statements, room)]
    if statements and all(size <= room for size in sizes):
        bins = fewest_bins(sizes, room)
        if len(bins) <= len(filled):
            filled = [tuple(statements[at] for at in each) for each in bins]
    return tuple(Policy(each, version) for each in filled)


def _empty(version: str | None) -> int:
    return policy_size(Policy((), version))


def _size(statement: Statement) -> int:
    """The characters it takes in a policy, with the comma before it."""
    return policy_size(Policy((statement,))) - _empty(VERSION_2012) + 1


def _filled(statements: Sequence[Statement], room: int) -> list[list[Statement]]:
    """One policy after the other filled to its limit, the statement that does not fit being divided."""
    bins: list[list[Statement]] = [[]]
    left = room
    waiting = [(each, 0) for each in reversed(statements)]
    while waiting:
        statement, extra = waiting.pop()
        size = _size(statement) + extra
        if size <= left:
            bins[-1].append(statement)
            left -= size
            continue
        parts = _cut(statement, left)
        if parts is None and bins[-1]:
            bins.append([])
            left = room
            waiting.append((statement, extra))
            continue
        waiting += [(part, _NUMBER) for part in reversed(parts or _halves(statement, room))]
    return [each for each in bins if each]


def _cut(statement: Statement, room: int) -> tuple[Statement, Statement] | None:
    """A part that fits into `room`, of as many values as do, and the rest; None where not even one value fits."""
    for name, element in _lists(statement):
        one = _size(_with(statement, name, element.values[:1])) + _NUMBER
        sizes = [_length(value) for value in element.values]
        count, used = 1, one
        while count < len(sizes) and used + sizes[count] <= room:
            used += sizes[count]
            count += 1
        if used <= room and count < len(sizes):
            return _with(statement, name, element.values[:count]), _with(statement, name, element.values[count:])
    return None


def _halves(statement: Statement, room: int) -> tuple[Statement, Statement]:
    for name, element in _lists(statement):
        middle = len(element.values) // 2
        return _with(statement, name, element.values[:middle]), _with(statement, name, element.values[middle:])
    limit = room + _empty(VERSION_2012) - 1
    raise ValueError(f"statement {statement.sid or ''} alone is over {limit} characters")


def _lists(statement: Statement) -> list[tuple[str, MatchList]]:
    """The lists that can be divided, the longer text first: the other one is repeated in every part."""
    both = (("resources", statement.resources), ("actions", statement.actions))
    found = [(name, each) for name, each in both if each and not each.negated and len(each.values) > 1]
    return sorted(found, key=lambda pair: -sum(map(_length, pair[1].values)))


def _length(value: str) -> int:
    return len(json.dumps(value)) + 1


def _with(statement: Statement, name: str, values: tuple[str, ...]) -> Statement:
    if name == "actions":
        return replace(statement, actions=MatchList(values))
    return replace(statement, resources=MatchList(values))


def _with_own_sids(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """A number behind each Sid that stands in the policy already, as Sids differ within a policy."""
    taken: set[str] = set()
    found = []
    for statement in statements:
        sid, number = statement.sid, 1
        while sid and sid in taken:
            number += 1
            sid = f"{statement.sid}{number}"
        taken |= {sid} if sid else set()
        found.append(replace(statement, sid=sid))
    return tuple(found)
