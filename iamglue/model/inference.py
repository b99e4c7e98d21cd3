"""What `infer` answers: functions as a spec declares them, and what their spec does not say as the input does."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from iamglue.errors import Location
from iamglue.model.spec_comments import CommentedFunction


class ChangeKind(StrEnum):
    """How a spec differs from what it was inferred from.

    DROPPED: the spec has no part for this; WIDENED and NARROWED: it allows more or less; RAW: the same statement, in
    `raw`, where no entry can say it; UNDECIDED: the comparison of both has no answer.
    """

    DROPPED = "dropped"
    WIDENED = "widened"
    NARROWED = "narrowed"
    RAW = "raw"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class SpecChange:
    """One difference. `subject` is what it is about, in words; `location` is its place in the input."""

    kind: ChangeKind
    subject: str
    reason: str
    location: Location

    @property
    def is_exact(self) -> bool:
        """Whether the spec allows exactly the same there."""
        return self.kind is ChangeKind.RAW


@dataclass(frozen=True, slots=True)
class Inference:
    """The functions of the spec with their comments, the lines at its top, and all changes."""

    functions: tuple[CommentedFunction, ...]
    changes: tuple[SpecChange, ...] = ()
    head: tuple[str, ...] = ()
