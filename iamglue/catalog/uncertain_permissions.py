"""Permissions that AWS's page names for a setting or trigger, but that not every deployed function requires."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from iamglue.catalog.tables import table_rows


@dataclass(frozen=True, slots=True)
class UncertainPermission:
    """A row of the table: how the missing `action` is reported.

    The row holds only if `if_allowed` is allowed on some resource, unless that is empty. With `spec_decides` it does
    not hold for what a spec declares.
    """

    action: str
    if_allowed: str
    severity: str
    spec_decides: bool
    note: str


def find_uncertain_permission(action: str, needed_for: str) -> UncertainPermission | None:
    """The row of an action for a setting or trigger; None if every function requires it."""
    return _rows_by_need().get((action, needed_for))


@cache
def _rows_by_need() -> dict[tuple[str, str], UncertainPermission]:
    """The rows by action and by what the action is needed for."""
    return {
        (row["action"], row["needed_for"]): UncertainPermission(
            row["action"], row["if_allowed"], row["severity"], row["spec_decides"] == "yes", row["note"]
        )
        for row in table_rows("uncertain_permissions")
    }
