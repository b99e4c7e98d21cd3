"""Three-valued logic for tests of policy elements: True, False, or None (undecided)."""

from __future__ import annotations

from collections.abc import Iterable

# None means "undecided".
Truth = bool | None


def any_of(truths: Iterable[Truth]) -> Truth:
    """True if any value is True; else None if any is None; else False."""
    unknown = False
    for truth in truths:
        if truth:
            return True
        unknown = unknown or truth is None
    return None if unknown else False


def all_of(truths: Iterable[Truth]) -> Truth:
    """False if any value is False; else None if any is None; else True."""
    unknown = False
    for truth in truths:
        if truth is False:
            return False
        unknown = unknown or truth is None
    return None if unknown else True


def opposite(truth: Truth) -> Truth:
    """The negation; None stays None."""
    return None if truth is None else not truth
