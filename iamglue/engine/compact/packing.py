"""Packing of statements into the fewest policies of a limited size.

Whole statements are packed first. A statement is split only if that saves a policy, or if it fits into none. Only a
list of Action or Resource can be split, because a part of NotAction or NotResource matches more than the whole.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from iamglue.engine.compact.bins import fewest_bins
from iamglue.policy.document import policy_size
from iamglue.policy.model import VERSION_2012, MatchList, Policy, Statement

# Parts of one statement in the same policy get a number after their Sid; this reserves space for it.
_SUFFIX_LENGTH = 3


def pack_statements(
    statements: Sequence[Statement], limit: int, version: str | None = VERSION_2012
) -> tuple[Policy, ...]:
    """Policies of at most `limit` characters (without white space) that together contain the statements.

    Each policy has its statements in their original order. Raises ValueError if a statement of one action on one
    resource exceeds the limit.
    """
    capacity = limit - _empty_size(version) + 1
    sizes = [_statement_size(statement) for statement in statements]
    packed = [_with_unique_sids(policy_statements) for policy_statements in _fill_policies(statements, capacity)]
    if statements and all(size <= capacity for size in sizes):
        bins = fewest_bins(sizes, capacity)
        if len(bins) <= len(packed):
            packed = [tuple(statements[index] for index in indexes) for indexes in bins]
    return tuple(Policy(policy_statements, version) for policy_statements in packed)


def _empty_size(version: str | None) -> int:
    """The size of a policy without statements."""
    return policy_size(Policy((), version))


def _statement_size(statement: Statement) -> int:
    """The characters of a statement in a policy, including the comma before it."""
    return policy_size(Policy((statement,))) - _empty_size(VERSION_2012) + 1


def _fill_policies(statements: Sequence[Statement], capacity: int) -> list[list[Statement]]:
    """Fill one policy after the other up to its limit, and split the statement that does not fit."""
    bins: list[list[Statement]] = [[]]
    free_space = capacity
    pending = [(statement, 0) for statement in reversed(statements)]
    while pending:
        statement, suffix_length = pending.pop()
        size = _statement_size(statement) + suffix_length
        if size <= free_space:
            bins[-1].append(statement)
            free_space -= size
            continue
        parts = _split_to_fit(statement, free_space)
        if parts is None and bins[-1]:
            bins.append([])
            free_space = capacity
            pending.append((statement, suffix_length))
            continue
        pending += [(part, _SUFFIX_LENGTH) for part in reversed(parts or _split_in_half(statement, capacity))]
    return [bin_statements for bin_statements in bins if bin_statements]


def _split_to_fit(statement: Statement, capacity: int) -> tuple[Statement, Statement] | None:
    """A part with as many values as fit into `capacity`, and the rest; None if not even one value fits."""
    for name, element in _splittable_lists(statement):
        first_size = _statement_size(_with_values(statement, name, element.values[:1])) + _SUFFIX_LENGTH
        sizes = [_value_size(value) for value in element.values]
        count, total = 1, first_size
        while count < len(sizes) and total + sizes[count] <= capacity:
            total += sizes[count]
            count += 1
        if total <= capacity and count < len(sizes):
            return _with_values(statement, name, element.values[:count]), _with_values(
                statement, name, element.values[count:]
            )
    return None


def _split_in_half(statement: Statement, capacity: int) -> tuple[Statement, Statement]:
    """The statement with its longest list split in half. Raises ValueError if no list can be split."""
    for name, element in _splittable_lists(statement):
        middle = len(element.values) // 2
        return _with_values(statement, name, element.values[:middle]), _with_values(
            statement, name, element.values[middle:]
        )
    limit = capacity + _empty_size(VERSION_2012) - 1
    name = f"statement {statement.sid}" if statement.sid else "one statement"
    raise ValueError(f"{name} alone is over {limit} characters")


def _splittable_lists(statement: Statement) -> list[tuple[str, MatchList]]:
    """The lists that can be split, the longest first, because each part repeats the other list."""
    elements = (("resources", statement.resources), ("actions", statement.actions))
    lists = [
        (name, element) for name, element in elements if element and not element.negated and len(element.values) > 1
    ]
    return sorted(lists, key=lambda pair: -sum(map(_value_size, pair[1].values)))


def _value_size(value: str) -> int:
    """The characters of a value in a list, with quotes and comma."""
    return len(json.dumps(value)) + 1


def _with_values(statement: Statement, name: str, values: tuple[str, ...]) -> Statement:
    """The statement with other values in its actions or resources."""
    if name == "actions":
        return replace(statement, actions=MatchList(values))
    return replace(statement, resources=MatchList(values))


def _with_unique_sids(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with a number added to repeated Sids, because Sids must be unique in a policy."""
    used_sids: set[str] = set()
    renamed = []
    for statement in statements:
        sid, number = statement.sid, 1
        while sid and sid in used_sids:
            number += 1
            sid = f"{statement.sid}{number}"
        used_sids |= {sid} if sid else set()
        renamed.append(replace(statement, sid=sid))
    return tuple(renamed)
