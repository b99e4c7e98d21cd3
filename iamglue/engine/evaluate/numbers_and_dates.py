"""Numbers and dates as condition operators compare them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?")
# The profile of ISO 8601 that W3C describes (https://www.w3.org/TR/NOTE-datetime), which AWS names.
_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?P<part>\.[0-9]{1,9})?)?"
    r"(?:Z|(?P<sign>[+-])(?P<hours>[0-9]{2}):(?P<minutes>[0-9]{2})))?)?)?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=4096)
def parse_number(text: str) -> Decimal | None:
    """An integer or decimal number; None for anything else."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


@lru_cache(maxsize=4096)
def parse_timestamp(text: str) -> Decimal | None:
    """Seconds since 1970 of a date, or of a number of seconds; None for anything else.

    Four digits are a year. A date without a time begins its day, in UTC.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
    """
    found = _DATE.fullmatch(text)
    if not found:
        return parse_number(text)
    try:
        return _seconds(found)
    except ValueError:
        return None


def _seconds(found: re.Match[str]) -> Decimal:
    numbers = {name: int(value or (1 if name in ("month", "day") else 0)) for name, value in _whole(found).items()}
    offset = timedelta(hours=numbers.pop("hours"), minutes=numbers.pop("minutes"))
    # `datetime` would take neither a leap second nor the year 0: neither is a moment here.
    start = datetime(**numbers, tzinfo=UTC)
    whole = (start - _EPOCH) // _SECOND - (offset // _SECOND) * (-1 if found["sign"] == "-" else 1)
    return whole + Decimal(found["part"] or 0)


def _whole(found: re.Match[str]) -> dict[str, str | None]:
    return {name: value for name, value in found.groupdict().items() if name not in ("part", "sign")}
