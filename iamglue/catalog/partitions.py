"""Partitions of AWS, and the partition that a Region's name tells."""

from __future__ import annotations

import re
from functools import cache

from iamglue.catalog.spelling import did_you_mean
from iamglue.catalog.tables import table_rows

_DIRECTIONS = ("north", "south", "east", "west", "central", "northeast", "northwest", "southeast", "southwest")
_REGION = re.compile(rf"([a-z-]+)-(?:{'|'.join(_DIRECTIONS)})-[0-9]+")


@cache
def partitions() -> tuple[str, ...]:
    """The names of the partitions, as they stand in ARNs, sorted."""
    return tuple(sorted(row["partition"] for row in table_rows("partitions")))


def infer_partition(region: str) -> str | None:
    """The partition a Region is in, from the shape of its name; None when no Region is named so."""
    found = _REGION.fullmatch(region)
    if not found:
        return None
    beginnings = (found[1], "?" * len(found[1]))
    return next((row["partition"] for row in table_rows("partitions") if row["regions_begin"] in beginnings), None)


def did_you_mean_region(text: str) -> str | None:
    """A hint that names the Region which `text` all but names, or None: the Regions that will be are not known."""
    lower = text.lower().replace("_", "-")
    pieces = re.fullmatch(r"(.+-)[a-z]+(-?)([0-9])", lower)
    if not pieces:
        return None
    named = (f"{pieces[1]}{direction}-{pieces[3]}" for direction in _DIRECTIONS)
    return did_you_mean(lower, (region for region in named if infer_partition(region)))
