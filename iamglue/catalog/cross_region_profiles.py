"""Bedrock's cross-Region profiles: ids, and the Regions they route to, from `data/cross_region_profiles.tsv`.

A profile's ID is a geography, a dot and what it routes to: `us.anthropic.claude-3-haiku-20240307-v1:0`,
`us.guardrail.v1:0`.
"""

from __future__ import annotations

from functools import cache

from iamglue.catalog.tables import table_rows

_GLOBAL = "global"


def profile_model(profile: str) -> str | None:
    """The ID of the model that a cross-Region inference profile routes to; None if the text is not the ID of one.

    A profile that is missing in the table is recognized by its geography or by the model's provider.
    """
    geography, dot, model = profile.partition(".")
    if not dot or "." not in model:
        return None
    return model if geography in _geographies() or model.partition(".")[0] in _providers() else None


def is_global_profile(profile: str) -> bool:
    """Whether requests to the profile may be routed to every commercial Region."""
    return profile.startswith(f"{_GLOBAL}.")


def profile_destinations(profile: str, region: str) -> tuple[str, ...] | None:
    """The Regions to which the profile may route a request from `region`; None if the table has no such row."""
    return _destinations_by_source().get((profile, region))


def source_regions(profile: str) -> tuple[str, ...]:
    """The Regions from which the table knows the profile's destinations, sorted."""
    return tuple(sorted(source for name, source in _destinations_by_source() if name == profile))


@cache
def _destinations_by_source() -> dict[tuple[str, str], tuple[str, ...]]:
    """The Regions that a profile may route to, by the profile and the Region of the request."""
    return {
        (row["profile"], source): tuple(row["destinations"].split())
        for row in table_rows("cross_region_profiles")
        for source in row["sources"].split()
    }


@cache
def _geographies() -> frozenset[str]:
    return frozenset(profile.partition(".")[0] for profile, _ in _destinations_by_source()) | {_GLOBAL}


@cache
def _providers() -> frozenset[str]:
    """The providers of models in the table: `anthropic`, `amazon` and so on."""
    return frozenset(profile.split(".")[1] for profile, _ in _destinations_by_source())
