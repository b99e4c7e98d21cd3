"""Notes on the permissions that AWS documents as dependent on granted actions, and that the spec does not grant."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from iamglue.catalog.dependent_actions import dependent_actions
from iamglue.errors import Location
from iamglue.model.required_access import RequiredAccess
from iamglue.policy.patterns.wildcards import matches_action


def dependent_notes(needs: Iterable[RequiredAccess], location: Location, granted: Collection[str]) -> tuple[str, ...]:
    """A note for each list of dependent actions that `granted` lacks.

    `needs` and `location` are those of one item of a spec; `granted` are the actions that all its items grant, with
    the wildcards of raw statements.
    """
    by_missing: dict[tuple[str, ...], list[str]] = {}
    for action in dict.fromkeys(action for need in needs for action in need.actions):
        missing = tuple(name for name in dependent_actions(action) if not _is_granted(name, granted))
        if missing:
            by_missing.setdefault(missing, []).append(action)
    return tuple(_note_text(location, actions, missing) for missing, actions in by_missing.items())


def _is_granted(action: str, granted: Collection[str]) -> bool:
    return action in granted or any(matches_action(pattern, action) for pattern in granted)


def _note_text(location: Location, actions: list[str], missing: tuple[str, ...]) -> str:
    """The note on the actions whose calls may need the same missing ones."""
    names = " and ".join(f"`{action}`" for action in actions)
    also = ", ".join(missing)
    return f"{location}: AWS documents that some calls of {names} also need {also}: add entries for those of yours"
