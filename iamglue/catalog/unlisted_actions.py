"""Actions that AWS uses or used without listing them in its reference: of services gone, renamed or not documented."""

from __future__ import annotations

from functools import cache

from iamglue.catalog.tables import table_rows
from iamglue.policy.patterns import wildcards as patterns


@cache
def retired_services() -> frozenset[str]:
    """The prefixes of services that are not in the reference, or no longer."""
    return frozenset(row["service"] for row in table_rows("retired_actions") if row["whole"] == "yes")


def is_unlisted_action(service: str, name: str) -> bool:
    """Whether an action (or a pattern of some) of a service is one that the reference lacks."""
    names = _names().get(service.lower())
    if names is None:
        return False
    lower = name.lower()
    return lower in names or (patterns.has_wildcard(lower) and any(patterns.matches(lower, each) for each in names))


@cache
def _names() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in table_rows("retired_actions"):
        found.setdefault(row["service"], set()).update(row["actions"].lower().split())
    return {service: frozenset(names) for service, names in found.items()}
