"""Partitions of AWS, and the partition that a Region's name tells."""

from __future__ import annotations

import re
from functools import cache

from iamglue.catalog.tables import rows


@cache
def partitions() -> tuple[str, ...]:
    """The names of the partitions, as they stand in ARNs, sorted."""
    return tuple(sorted(row["partition"] for row in rows("partitions")))


def partition_of(region: str) -> str | None:
    """The partition a Region is in, from the shape of its name; None when no Region is named so."""
    return next((row["partition"] for row in rows("partitions") if re.fullmatch(row["regions"], region)), None)
