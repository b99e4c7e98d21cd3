"""AWS Regions by name."""

from __future__ import annotations

from functools import cache

from iamglue.catalog.partitions import infer_partition
from iamglue.catalog.tables import table_rows
from iamglue.spelling import nearest_word


def is_region(text: str) -> bool:
    """Whether this is the name of an existing or announced Region."""
    return text in _partitions()


def region_names() -> tuple[str, ...]:
    """The names of all Regions, sorted."""
    return tuple(sorted(_partitions()))


def region_partition(region: str) -> str | None:
    """The partition of a Region; for an unknown Region, from the form of its name."""
    return _partitions().get(region) or infer_partition(region)


def nearest_region(text: str) -> str | None:
    """The Region with the most similar name, or None."""
    return nearest_word(text.replace("_", "-"), _partitions())


@cache
def _partitions() -> dict[str, str]:
    return {row["region"]: row["partition"] for row in table_rows("regions")}
