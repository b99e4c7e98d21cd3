"""Sensitive actions, from a table, that a caller is allowed on every resource of their type."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache, reduce
from operator import or_

from iamglue.catalog.sensitive_actions import SensitiveAction
from iamglue.engine.solve.access import StatementTerm
from iamglue.engine.solve.action_bitsets import pattern_bitset
from iamglue.risk.effective_access import EffectiveAccess
from iamglue.risk.policy_layer import RequestGrant
from iamglue.risk.sample_resources import is_wildcard_shape

SensitiveGrant = tuple[SensitiveAction, RequestGrant]
SensitiveActionTable = Callable[
    [], Mapping[str, SensitiveAction]
]  # one of those of `iamglue.catalog.sensitive_actions`


# Two rules and the routes of a role ask for the same: 2 % of an audit with routes.
@lru_cache(maxsize=8)
def find_sensitive_grants(
    access: EffectiveAccess, table: SensitiveActionTable
) -> tuple[tuple[SensitiveGrant, ...], ...]:
    """The actions of the table that are allowed on every resource, grouped by the statements that allow them."""
    groups: dict[tuple[StatementTerm, ...], list[SensitiveGrant]] = {}
    for sensitive in _rows_of_actions(table, access.wildcard_actions, access.possible_actions):
        grant = access.grant_on_all(sensitive.action, sensitive.resource_pattern)
        if grant is not None:
            terms = access.terms_on_all(grant, sensitive.resource_pattern)
            groups.setdefault(terms, []).append((sensitive, replace(grant, terms=terms)))
    return tuple(map(tuple, groups.values()))


def sensitive_grants_of_statement(
    access: EffectiveAccess, term: StatementTerm, table: SensitiveActionTable
) -> Iterator[SensitiveGrant]:
    """The actions of the table that one Allow statement allows on every resource, in the order of the table."""
    for sensitive in _rows_of_actions(table, term.action_bitset, term.action_bitset):
        grant = access.grant_by_statement(term, sensitive.action, sensitive.resource_pattern)
        if grant is not None:
            yield sensitive, grant


def _rows_of_actions(
    table: SensitiveActionTable, wildcard_actions: int, possible_actions: int
) -> list[SensitiveAction]:
    """The rows of a table for actions that may be allowed on every resource; fast if there are none."""
    rows = _rows(table)
    may = wildcard_actions & rows.on_any_resource | possible_actions & rows.on_some_resource
    matching_rows = list(rows.unlisted)
    while may:
        first = may & -may
        matching_rows.append(rows.places[first.bit_length()])
        may ^= first
    return [row for _, row in sorted(matching_rows)] if matching_rows else []


@dataclass(frozen=True, slots=True)
class _ActionRows:
    """A table by action bit, each action with its position in the table.

    `on_any_resource` are the actions of rows for a wildcard resource; `on_some_resource` are the others.
    Actions that are missing from AWS's reference have no bit and are always evaluated (`unlisted`).
    """

    on_any_resource: int
    on_some_resource: int
    places: Mapping[int, tuple[int, SensitiveAction]]
    unlisted: tuple[tuple[int, SensitiveAction], ...]


@cache
def _rows(table: SensitiveActionTable) -> _ActionRows:
    """The rows of a table by their action, with their place in it; those for a wildcard resource are apart."""
    rows = [(pattern_bitset(row.action), (at, row)) for at, row in enumerate(table().values())]
    of_any = {bit for bit, (_, row) in rows if is_wildcard_shape(row.action, row.resource_pattern)}
    return _ActionRows(
        reduce(or_, of_any, 0),
        reduce(or_, (bit for bit, _ in rows if bit not in of_any), 0),
        {bit.bit_length(): place for bit, place in rows if bit},
        tuple(place for bit, place in rows if not bit),
    )
