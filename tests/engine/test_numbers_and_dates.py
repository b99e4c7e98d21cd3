"""Parsing of numbers and dates.

https://www.w3.org/TR/NOTE-datetime, to which AWS's page on condition operators refers.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamglue.engine.evaluate.numbers_and_dates import parse_number, parse_timestamp


@pytest.mark.parametrize("text", ["", "-", "five", "1_000", "1,5", "0x10", "NaN", "Infinity", "1e9999", " 1", "٣"])
def test_an_invalid_number_is_none(text):
    assert parse_number(text) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_a_number_is_parsed_exactly(value):
    assert parse_number(str(value)) == value


@pytest.mark.parametrize(
    "text",
    ["", "2020-13-01", "2020-02-30", "2020-1-1", "2020-01-01T25:00Z", "2020-01-01T10:00", "2020-01-01 10:00Z", "0000"],
)
def test_an_invalid_date_is_none(text):
    assert parse_timestamp(text) is None


@given(st.datetimes(timezones=st.integers(-720, 720).map(lambda m: timezone(timedelta(minutes=m)))))
def test_a_date_with_an_offset_is_converted_to_utc(date):
    date = date.replace(second=7)
    whole = (date.replace(microsecond=0) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    assert parse_timestamp(date.isoformat(timespec="microseconds")) == whole + Decimal(date.microsecond) / 1_000_000


def test_missing_parts_of_a_date_are_the_earliest_and_a_long_number_is_seconds():
    assert (
        parse_timestamp("1970")
        == parse_timestamp("1970-01")
        == parse_timestamp("1970-01-01")
        == parse_timestamp("1970-01-01T00:00Z")
        == 0
    )
    assert parse_timestamp("86400") == parse_timestamp("1970-01-02")
    assert parse_timestamp("2020") == parse_timestamp("1577836800")
