"""A function of a spec with the comments that are written with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from iamglue.model.spec import AccessEntry, SpecFunction


@dataclass(frozen=True, slots=True)
class DisabledEntry:
    """An entry that is written as a comment, in its list, with the reasons on the lines above it."""

    entry: AccessEntry
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommentedFunction:
    """A function, and what is written with it as comments.

    `comments` are on its entries, triggers and raw statements, each text a line. `disabled` are entries that are
    written as comments, `notes` the lines above the whole function.
    """

    function: SpecFunction
    comments: Mapping[Any, tuple[str, ...]] = field(default_factory=dict)
    disabled: tuple[DisabledEntry, ...] = ()
    notes: tuple[str, ...] = ()
