"""Condition keys whose fixed values limit who calls: `data/fixed_caller_keys.tsv`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from iamglue.catalog.tables import table_rows


class CallerValue(StrEnum):
    """What a fixed value of a condition key names."""

    ACCOUNT = "account"
    ARN = "arn"
    ORGANIZATION = "organization"
    ORGANIZATION_PATH = "organization-path"
    SERVICE = "service"
    NETWORK = "network"
    NETWORK_PATH = "network-path"
    RANGE = "range"
    USER_ID = "user-id"
    ACCESS_POINT = "access-point"
    TEXT = "text"
    TRUE = "true"


@dataclass(frozen=True, slots=True)
class FixedCallerKey:
    """A condition key; it limits the policies of `services`, or if there are none of all but `excluded_services`."""

    key: str
    value: CallerValue
    services: tuple[str, ...]
    excluded_services: tuple[str, ...]


def find_fixed_caller_key(key: str) -> FixedCallerKey | None:
    """The row of a key, in any case; None for a key that outsiders can choose."""
    return _rows_by_key().get(key.lower())


def fixed_caller_keys(value: CallerValue) -> tuple[str, ...]:
    """The keys whose values name this."""
    return tuple(row.key for row in _rows_by_key().values() if row.value is value)


@cache
def _rows_by_key() -> dict[str, FixedCallerKey]:
    """The rows of the table by condition key in lower case."""
    return {
        row["key"].lower(): FixedCallerKey(
            row["key"], CallerValue(row["value"]), _services(row["services"]), _services(row["except"])
        )
        for row in table_rows("fixed_caller_keys")
    }


def _services(text: str) -> tuple[str, ...]:
    return () if text in ("*", "-") else tuple(text.split())
