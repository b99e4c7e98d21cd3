"""Access that a change of a text added, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.model.difference import PolicyDiff


@dataclass(frozen=True, slots=True)
class NewAccessReport:
    """The differences of policies that allow more than before, and why others could not be compared."""

    diffs: tuple[PolicyDiff, ...] = ()
    undecided: tuple[str, ...] = ()
