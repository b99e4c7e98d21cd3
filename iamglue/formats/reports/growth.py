"""New access through the fixes of a file, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.formats.reports.diff_text import added_lines
from iamglue.model.new_access import NewAccessReport

# Number of statements shown per policy; `iamglue diff` shows all.
_MAX_STATEMENTS = 3


def growth_lines(growth: NewAccessReport) -> Iterator[str]:
    """Lines for each policy that allows more than before, and for each policy that could not be compared."""
    for diff in growth.diffs:
        yield f"note: {diff.new_name} allows more access after the unsafe fixes:"
        yield from added_lines(diff, _MAX_STATEMENTS)
    for reason in growth.undecided:
        yield f"note: cannot decide whether the unsafe fixes allow more access: {reason}"
