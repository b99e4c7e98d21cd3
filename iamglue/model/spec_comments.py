"""A function of a spec with the comments that are written with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from iamglue.model.spec import AccessEntry, RawStatement, SpecFunction, Trigger

SpecItem = AccessEntry | Trigger | RawStatement


@dataclass(frozen=True, slots=True)
class DisabledEntry:
    """An entry that is written as a comment, in its list, with the reasons on the lines above it."""

    entry: AccessEntry
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommentedFunction:
    """A function, the comments on its items, each a line, and the entries that are written as comments.

    `notes` are the comments above the whole function.
    """

    function: SpecFunction
    comments: Mapping[SpecItem, tuple[str, ...]] = field(default_factory=dict)
    disabled: tuple[DisabledEntry, ...] = ()
    notes: tuple[str, ...] = ()
