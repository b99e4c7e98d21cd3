"""How access grew when a text was changed, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from iamglue.model.difference import Diff


@dataclass(frozen=True, slots=True)
class Growth:
    """The differences of policies that allow more than before, and why others could not be compared."""

    grown: tuple[Diff, ...] = ()
    undecided: tuple[str, ...] = ()
