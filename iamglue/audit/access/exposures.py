"""Actions of a sourced table that a role is allowed on every resource they are for; two rules share this."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_

from iamglue.audit.access.places import cited, place
from iamglue.audit.access.role_access import Grant, Granted, granted
from iamglue.audit.access.sample_resources import names_any
from iamglue.audit.rule import Case, RoleHit
from iamglue.catalog.sensitive_actions import SensitiveAction
from iamglue.engine.solve.action_bitsets import pattern_mask
from iamglue.lint.analysis.open_grants import named

Found = tuple[SensitiveAction, Grant]
Table = Callable[[], Mapping[str, SensitiveAction]]  # one of those of `iamglue.catalog.sensitive_actions`


def exposures(case: Case, table: Table, verb: str, help_text: str) -> Iterator[RoleHit]:
    """What of the table is allowed on all; one hit for what the same statements allow."""
    for group in on_all(granted(case), table):
        yield _hit(group, verb, help_text)


def on_all(access: Granted, table: Table) -> Iterable[list[Found]]:
    """What of the table is allowed on all, in groups of what the same statements allow."""
    groups: dict[tuple[tuple[int, int], ...], list[Found]] = {}
    for each in _granted_of(access, table):
        grant = access.on_all(each.action, each.shape)
        if grant is not None:
            groups.setdefault(tuple((id(by.policy), by.statement) for by in grant.by), []).append((each, grant))
    return groups.values()


def _granted_of(access: Granted, table: Table) -> list[SensitiveAction]:
    """The actions of a table that may be allowed on all resources; quick for the many roles that have none."""
    rows = _rows(table)
    may = access.widest & rows.any | access.most & rows.rest
    found = list(rows.unlisted)
    while may:
        first = may & -may
        found.append(rows.places[first.bit_length()])
        may ^= first
    return [each for _, each in sorted(found)] if found else []


@dataclass(frozen=True, slots=True)
class _Rows:
    """A table by the bits of its actions, each with its place: those meant on just any resource, and the `rest`.

    Those that AWS's reference lacks have no bit, and are always asked about.
    """

    any: int
    rest: int
    places: Mapping[int, tuple[int, SensitiveAction]]
    unlisted: tuple[tuple[int, SensitiveAction], ...]


@cache
def _rows(table: Table) -> _Rows:
    rows = [(pattern_mask(each.action), (at, each)) for at, each in enumerate(table().values())]
    of_any = {bit for bit, (_, each) in rows if names_any(each.action, each.shape)}
    return _Rows(
        reduce(or_, of_any, 0),
        reduce(or_, (bit for bit, _ in rows if bit not in of_any), 0),
        {bit.bit_length(): place for bit, place in rows if bit},
        tuple(place for bit, place in rows if not bit),
    )


def _hit(group: list[Found], verb: str, help_text: str) -> RoleHit:
    first = group[0][1]
    gives = list(dict.fromkeys(each.gives for each, _ in group))
    actions = named(tuple(each.action for each, _ in group))
    return RoleHit(
        f"{actions} by {cited(first.by)}: the role {verb} {_listed(gives)}, whichever they are",
        help=help_text,
        place=place(first.by, first.action),
    )


def _listed(things: list[str]) -> str:
    """Some things in words, the first three of them."""
    if len(things) > 3:
        return f"{', '.join(things[:3])} and {len(things) - 3} more"
    return f"{', '.join(things[:-1])} and {things[-1]}" if len(things) > 1 else things[0]
