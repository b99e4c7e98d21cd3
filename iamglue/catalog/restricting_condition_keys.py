"""Condition keys that say who may use a statement which names everyone or a service: `data/confining_keys.tsv`."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from iamglue.catalog.tables import table_rows


class CallerRestriction(StrEnum):
    """What a key says."""

    SOURCE = "source"  # for which resource, account or organization a service acts
    CALLER = "caller"  # who calls
    NETWORK = "network"  # where the call comes from
    SOURCE_SUBSTITUTE = "stand-in"  # used in place of a source
    REFERER = "referer"  # used in place of a source, and nothing that would confine a caller


@cache
def _kinds() -> dict[str, CallerRestriction]:
    return {row["key"].lower(): CallerRestriction(row["kind"]) for row in table_rows("confining_keys")}


def caller_restriction(key: str) -> CallerRestriction | None:
    """What a condition key, in any case, says of the caller; None when it says nothing of that."""
    lower = key.lower()
    if lower.startswith("kms:encryptioncontext:aws:"):
        # Set by the services themselves to the ARN of what they encrypt, in the call for it.
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        return CallerRestriction.SOURCE_SUBSTITUTE
    return _kinds().get(lower)
