"""Yes, no, or not known: what a test of a policy element says about a request."""

from __future__ import annotations

from collections.abc import Iterable

# True, False, or None for "not known".
Truth = bool | None


def any_of(truths: Iterable[Truth]) -> Truth:
    """True if one is; else not known if one is not known."""
    unknown = False
    for truth in truths:
        if truth:
            return True
        unknown = unknown or truth is None
    return None if unknown else False


def all_of(truths: Iterable[Truth]) -> Truth:
    """False if one is; else not known if one is not known."""
    unknown = False
    for truth in truths:
        if truth is False:
            return False
        unknown = unknown or truth is None
    return None if unknown else True


def opposite(truth: Truth) -> Truth:
    """What is not known stays so."""
    return None if truth is None else not truth
