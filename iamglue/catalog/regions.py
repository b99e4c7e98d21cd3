"""The Regions of AWS by name."""

from __future__ import annotations

from functools import cache

from iamglue.catalog.partitions import partition_of
from iamglue.catalog.spelling import nearest
from iamglue.catalog.tables import rows


def is_region(text: str) -> bool:
    """Whether this is the name of a Region that is there or announced."""
    return text in _partitions()


def partition_of_region(region: str) -> str | None:
    """The partition a Region is in; of one that is not known, by the shape of its name."""
    return _partitions().get(region) or partition_of(region)


def nearest_region(text: str) -> str | None:
    """The Region whose name is most like `text`, or None."""
    return nearest(text.replace("_", "-"), _partitions())


@cache
def _partitions() -> dict[str, str]:
    return {row["region"]: row["partition"] for row in rows("regions")}
