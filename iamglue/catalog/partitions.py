"""AWS partitions, and the partition of a Region."""

from __future__ import annotations

import re
from functools import cache

from iamglue.catalog.tables import table_rows
from iamglue.spelling import did_you_mean

_DIRECTIONS = ("north", "south", "east", "west", "central", "northeast", "northwest", "southeast", "southwest")
_REGION = re.compile(rf"([a-z-]+)-(?:{'|'.join(_DIRECTIONS)})-[0-9]+")


@cache
def partitions() -> tuple[str, ...]:
    """The names of the partitions, as in ARNs, sorted."""
    return tuple(sorted(row["partition"] for row in table_rows("partitions")))


def infer_partition(region: str) -> str | None:
    """The partition of a Region, from the form of its name; None if it is not a valid Region name."""
    match = _REGION.fullmatch(region)
    if not match:
        return None
    beginnings = (match[1], "?" * len(match[1]))
    return next((row["partition"] for row in table_rows("partitions") if row["regions_begin"] in beginnings), None)


def did_you_mean_region(text: str) -> str | None:
    """A hint with the Region name that `text` probably means, or None; new Regions are accepted, too."""
    lower = text.lower().replace("_", "-")
    pieces = re.fullmatch(r"(.+-)[a-z]+(-?)([0-9])", lower)
    if not pieces:
        return None
    candidates = (f"{pieces[1]}{direction}-{pieces[3]}" for direction in _DIRECTIONS)
    return did_you_mean(lower, (region for region in candidates if infer_partition(region)))
