"""Actions that AWS uses or used but does not list in its reference: of retired, renamed or undocumented services."""

from __future__ import annotations

from functools import cache

from iamglue.catalog.tables import table_rows
from iamglue.policy.patterns import wildcards as patterns


@cache
def retired_services() -> frozenset[str]:
    """The prefixes of services that are not, or no longer, in the reference."""
    return frozenset(row["service"] for row in table_rows("retired_actions") if row["whole"] == "yes")


def is_denial_message_action(text: str) -> bool:
    """Whether AWS names the action `prefix:Name`, in any case, when it denies a request, so that it has an effect.

    These actions are in `data/denial_message_actions.tsv`; AWS's reference does not list them.
    """
    return text.lower() in _denial_message_actions()


@cache
def _denial_message_actions() -> frozenset[str]:
    return frozenset(f"{row['service']}:{row['action']}".lower() for row in table_rows("denial_message_actions"))


def is_unlisted_action(service: str, name: str) -> bool:
    """Whether an action (or a pattern) of a service is a known action that is not in the reference."""
    names = _unlisted_names().get(service.lower())
    if names is None:
        return False
    lower = name.lower()
    return lower in names or (
        patterns.has_wildcard(lower) and any(patterns.matches(lower, unlisted_name) for unlisted_name in names)
    )


@cache
def _unlisted_names() -> dict[str, frozenset[str]]:
    """The lower-case names of the unlisted actions, by service."""
    names_by_service: dict[str, set[str]] = {}
    for row in table_rows("retired_actions"):
        names_by_service.setdefault(row["service"], set()).update(row["actions"].lower().split())
    for row in table_rows("denial_message_actions"):
        names_by_service.setdefault(row["service"], set()).add(row["action"].lower())
    return {service: frozenset(names) for service, names in names_by_service.items()}
