"""How access grew with the fixes of a file, in lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.formats.reports.diff_text import added_lines
from iamglue.model.new_access import NewAccessReport

# So many statements of a policy are shown; `iamglue diff` shows all.
_MOST = 3


def growth_lines(growth: NewAccessReport) -> Iterator[str]:
    """For each policy that allows more what that is, and for each that could not be compared why."""
    for diff in growth.diffs:
        yield f"note: access grew with the unsafe fixes: {diff.new_name} allows what it did not allow before"
        yield from added_lines(diff, _MOST)
    for reason in growth.undecided:
        yield f"note: it is not known how access grew with the unsafe fixes: {reason}"
