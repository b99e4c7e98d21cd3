"""Condition keys that restrict the caller of statements for everyone or a service: `data/confining_keys.tsv`."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from iamglue.catalog.tables import table_rows


class CallerRestriction(StrEnum):
    """What a condition key restricts."""

    SOURCE = "source"  # the resource, account or organization that a service acts for
    CALLER = "caller"  # the caller
    NETWORK = "network"  # the network of the caller
    SOURCE_SUBSTITUTE = "stand-in"  # used instead of a source key
    REFERER = "referer"  # used instead of a source key, but does not restrict the caller


@cache
def _kinds_by_key() -> dict[str, CallerRestriction]:
    return {row["key"].lower(): CallerRestriction(row["kind"]) for row in table_rows("confining_keys")}


def caller_restriction(key: str) -> CallerRestriction | None:
    """What a condition key, in any case, restricts about the caller; None if nothing."""
    lower = key.lower()
    if lower.startswith("kms:encryptioncontext:aws:"):
        # Set by the services to the ARN of the resource that they encrypt, in the call for it.
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        return CallerRestriction.SOURCE_SUBSTITUTE
    return _kinds_by_key().get(lower)
