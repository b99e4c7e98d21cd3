"""Condition keys that say who may use a statement which names everyone or a service: `data/confining_keys.tsv`."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from iamglue.catalog.tables import rows


class Confines(StrEnum):
    """What a key says."""

    SOURCE = "source"  # for which resource, account or organization a service acts
    CALLER = "caller"  # who calls
    NETWORK = "network"  # where the call comes from
    STAND_IN = "stand-in"  # used in place of a source
    REFERER = "referer"  # used in place of a source, and nothing that would confine a caller


@cache
def _kinds() -> dict[str, Confines]:
    return {row["key"].lower(): Confines(row["kind"]) for row in rows("confining_keys")}


def confines(key: str) -> Confines | None:
    """What a condition key, in any case, says of the caller; None when it says nothing of that."""
    lower = key.lower()
    if lower.startswith("kms:encryptioncontext:aws:"):
        # Set by the services themselves to the ARN of what they encrypt, in the call for it.
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        return Confines.STAND_IN
    return _kinds().get(lower)
