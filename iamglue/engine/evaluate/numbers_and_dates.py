"""Numbers and dates, parsed as condition operators compare them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?")
# The ISO 8601 profile of W3C (https://www.w3.org/TR/NOTE-datetime), to which AWS refers.
_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?P<part>\.[0-9]{1,9})?)?"
    r"(?:Z|(?P<sign>[+-])(?P<hours>[0-9]{2}):(?P<minutes>[0-9]{2})))?)?)?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=4096)
def parse_number(text: str) -> Decimal | None:
    """Parse an integer or decimal number; None for any other text."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


@lru_cache(maxsize=4096)
def parse_timestamp(text: str) -> Decimal | None:
    """Parse a date, or a number of seconds, to seconds since 1970; None for any other text.

    Four digits are a year. A date without a time is the start of that day in UTC.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
    """
    date_match = _DATE.fullmatch(text)
    if not date_match:
        return parse_number(text)
    try:
        return _seconds(date_match)
    except ValueError:
        return None


def _seconds(date_match: re.Match[str]) -> Decimal:
    """The seconds since 1970 of a matched date. Raises ValueError if there is no such date."""
    numbers = {
        name: int(value or (1 if name in ("month", "day") else 0))
        for name, value in _integer_groups(date_match).items()
    }
    offset = timedelta(hours=numbers.pop("hours"), minutes=numbers.pop("minutes"))
    # `datetime` rejects leap seconds and the year 0, so those are not dates here.
    start = datetime(**numbers, tzinfo=UTC)
    seconds = (start - _EPOCH) // _SECOND - (offset // _SECOND) * (-1 if date_match["sign"] == "-" else 1)
    return seconds + Decimal(date_match["part"] or 0)


def _integer_groups(date_match: re.Match[str]) -> dict[str, str | None]:
    """The groups of the match that are integers."""
    return {name: value for name, value in date_match.groupdict().items() if name not in ("part", "sign")}
