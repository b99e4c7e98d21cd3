"""Actions without resource types that are called about a resource, with the actions AWS checks on that resource."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.catalog.tables import table_rows


@dataclass(frozen=True, slots=True)
class CompanionActions:
    """The actions (`prefix:Name`) that a call also requires on its resource of `resource_type`; perhaps none."""

    resource_type: str
    actions: tuple[str, ...]


def companion_actions(action: str) -> tuple[CompanionActions, ...]:
    """The companions of an action (`prefix:Name`) for each resource type that a call may be about."""
    prefix, _, name = action.partition(":")
    return tuple(
        CompanionActions(row["resource_type"], tuple(f"{prefix}:{word}" for word in row["companions"].split()))
        for row in table_rows("companion_actions")
        if (row["service"], row["action"]) == (prefix, name)
    )
