"""Sensitive actions, from a table, that a role is allowed on every resource; several rules use this."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_

from iamglue.audit.access.role_access import RequestGrant, RoleAccess
from iamglue.audit.access.sample_resources import is_wildcard_shape
from iamglue.audit.access.statement_location import statement_contents, statement_list_text, statement_span
from iamglue.audit.rule import RoleViolation
from iamglue.catalog.sensitive_actions import SensitiveAction
from iamglue.engine.solve.action_bitsets import pattern_bitset
from iamglue.lint.analysis.open_grants import format_first_names

SensitiveGrant = tuple[SensitiveAction, RequestGrant]
SensitiveActionTable = Callable[
    [], Mapping[str, SensitiveAction]
]  # one of those of `iamglue.catalog.sensitive_actions`


def sensitive_grant_violations(
    access: RoleAccess, table: SensitiveActionTable, verb: str, help_text: str
) -> Iterator[RoleViolation]:
    """Yield a violation for each group of actions that the same statements allow on every resource."""
    for group in find_sensitive_grants(access, table):
        yield _violation(group, verb, help_text)


def find_sensitive_grants(access: RoleAccess, table: SensitiveActionTable) -> Iterable[list[SensitiveGrant]]:
    """The actions of the table that are allowed on every resource, grouped by the statements that allow them."""
    groups: dict[tuple[tuple[int, int], ...], list[SensitiveGrant]] = {}
    for sensitive in _possible_actions_of(access, table):
        grant = access.grant_on_all(sensitive.action, sensitive.resource_pattern)
        if grant is not None:
            groups.setdefault(
                tuple((id(statement.policy), statement.index) for statement in grant.statements), []
            ).append((sensitive, grant))
    return groups.values()


def _possible_actions_of(access: RoleAccess, table: SensitiveActionTable) -> list[SensitiveAction]:
    """The actions of a table that may be allowed on every resource; fast for the many roles that have none."""
    rows = _rows(table)
    may = access.wildcard_actions & rows.any | access.possible_actions & rows.rest
    matching_rows = list(rows.unlisted)
    while may:
        first = may & -may
        matching_rows.append(rows.places[first.bit_length()])
        may ^= first
    return [row for _, row in sorted(matching_rows)] if matching_rows else []


@dataclass(frozen=True, slots=True)
class _Rows:
    """A table by action bit, each action with its position. `any`: actions on a wildcard resource; `rest`: the others.

    Actions that are missing from AWS's reference have no bit and are always evaluated (`unlisted`).
    """

    any: int
    rest: int
    places: Mapping[int, tuple[int, SensitiveAction]]
    unlisted: tuple[tuple[int, SensitiveAction], ...]


@cache
def _rows(table: SensitiveActionTable) -> _Rows:
    rows = [(pattern_bitset(row.action), (at, row)) for at, row in enumerate(table().values())]
    of_any = {bit for bit, (_, row) in rows if is_wildcard_shape(row.action, row.resource_pattern)}
    return _Rows(
        reduce(or_, of_any, 0),
        reduce(or_, (bit for bit, _ in rows if bit not in of_any), 0),
        {bit.bit_length(): place for bit, place in rows if bit},
        tuple(place for bit, place in rows if not bit),
    )


def _violation(group: list[SensitiveGrant], verb: str, help_text: str) -> RoleViolation:
    first = group[0][1]
    effects = list(dict.fromkeys(sensitive.effect_text for sensitive, _ in group))
    actions = format_first_names(tuple(sensitive.action for sensitive, _ in group))
    return RoleViolation(
        f"{statement_list_text(first.statements)} allows {actions} on every resource: "
        f"the role {verb} {_text_list(effects)}",
        help=help_text,
        span=statement_span(first.statements, first.action),
        about=sensitive_grant_texts(group),
    )


def sensitive_grant_texts(group: Iterable[SensitiveGrant]) -> tuple[str, ...]:
    """The actions of a group, and the statements that allow them."""
    grants = list(group)
    return *(sensitive.action for sensitive, _ in grants), *statement_contents(grants[0][1].statements)


def _text_list(things: list[str]) -> str:
    """The first three texts and the number of the others."""
    if len(things) > 3:
        return f"{', '.join(things[:3])} and {len(things) - 3} more"
    return f"{', '.join(things[:-1])} and {things[-1]}" if len(things) > 1 else things[0]
