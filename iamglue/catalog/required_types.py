"""The resource types that an action requires together, or of which it takes one: `data/required_types.tsv`.

AWS's reference marks both kinds as required, so each row is decided by the request or AWS's guide:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from iamglue.catalog.services import find_action, find_service
from iamglue.catalog.tables import table_rows

_ANY, _NAMED = "any", "named"


@dataclass(frozen=True, slots=True)
class RequiredTypes:
    """The groups of types on each of which a call is checked; a group has the alternatives, in lower case.

    `created` are types whose ids AWS assigns in the call. `derivable`: a name may follow from that of another type.
    """

    groups: tuple[tuple[str, ...], ...]
    created: frozenset[str]
    derivable: bool


@cache
def required_types(action: str) -> RequiredTypes | None:
    """What our table says of an action (`prefix:Name`); None if it says nothing."""
    row = _rows_by_action().get(action.lower())
    if row is None:
        return None
    prefix = action.partition(":")[0]
    groups = tuple(
        tuple(_type_name(prefix, name) for name in group.split("|")) for group in row["types"].lower().split()
    )
    if row["relation"] == _ANY:
        groups = (tuple(name for group in groups for name in group),)
    created = frozenset(_type_name(prefix, name) for name in row["created"].lower().split())
    return RequiredTypes(groups, created, row["relation"] != _NAMED)


@cache
def marked_types(action: str) -> tuple[str, ...]:
    """The lower-case names of the types that AWS's reference marks as required."""
    facts = find_action(action)
    return tuple(sorted({kind.name.lower() for kind in facts.resource_types if kind.required})) if facts else ()


def _type_name(prefix: str, name: str) -> str:
    """The reference's name of a type, some of which have spaces."""
    service = find_service(prefix)
    return name if service is None or name in service.resource_types else name.replace("-", " ")


@cache
def _rows_by_action() -> dict[str, dict[str, str]]:
    """The rows of the table by action (`prefix:Name`) in lower case."""
    return {
        f"{row['service']}:{name}".lower(): row
        for row in table_rows("required_types")
        for name in row["actions"].split()
    }
