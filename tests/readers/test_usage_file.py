"""Usage files: what the format takes, and the place and hint of what it does not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.rows import every_row

from iamglue.errors import IamglueError, Location
from iamglue.model.usage import ActionUsage, TrailCoverage, Usage, UsageGap
from iamglue.readers.usage_file import read_usage

USED = {"role": "exif-role", "action": "s3:GetObject"}
COVERAGE = {"service": "s3", "from": "2026-01-01", "to": "2026-03-01T00:00:00Z"}


def read(**given_):
    return read_usage("usage.json", json.dumps({"version": 1} | given_))


def fault(text):
    with pytest.raises(IamglueError) as raised:
        read_usage("usage.json", text)
    return raised.value


def test_an_entry_has_every_field_of_the_contract():
    entry = USED | {
        "function": "exif",
        "resource": "arn:aws:s3:::images/a.jpg",
        "count": 7,
        "denied": 2,
        "first": "2026-01-02T03:04:05Z",
        "last": "2026-02-02T05:04:05+02:00",
    }
    assert read(access=[entry]).access == (
        ActionUsage(
            "exif-role",
            "s3:GetObject",
            "arn:aws:s3:::images/a.jpg",
            "exif",
            7,
            2,
            "2026-01-02T03:04:05Z",
            "2026-02-02T03:04:05Z",
        ),
    )


def test_role_and_action_suffice():
    assert read(access=[USED]).access == (ActionUsage("exif-role", "s3:GetObject"),)


def test_coverage_says_from_when_to_when_and_whether_data_events_were_recorded():
    assert read(coverage=[COVERAGE, COVERAGE | {"data_events": True}]).coverage == (
        TrailCoverage("s3", "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"),
        TrailCoverage("s3", "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z", data_events=True),
    )


def test_what_infer_trail_writes_beside_the_access_is_taken():
    entry = USED | {"account": "123456789012", "region": "eu-west-1", "via": None}
    not_action = {"source": "signin.amazonaws.com", "name": "ConsoleLogin", "count": 2, "why": "no permission"}
    usage = read(access=[entry], not_actions=[not_action], records=3, unreadable=0, files=1)
    assert usage.access == (ActionUsage("exif-role", "s3:GetObject"),)


def test_what_could_not_be_read_is_a_gap():
    usage = read(unreadable=2, failed=[{"name": "a.json.gz", "why": "the gzip data ends too early"}])
    assert usage.gaps == (
        UsageGap("2 records of the usage", "they are unreadable"),
        UsageGap("a.json.gz", "the gzip data ends too early"),
    )


def test_coverage_may_name_its_account():
    assert read(coverage=[COVERAGE | {"account": "123456789012"}]).coverage[0].account == "123456789012"


def test_a_file_may_tell_nothing():
    assert read() == read(access=[], coverage=[]) == Usage()


@every_row(
    "given_, message",
    [
        ({"acces": []}, "did you mean `access`?"),
        ({"access": {}}, "expected a list, found a map"),
        ({"access": ["x"]}, "access[0]: expected a map, found a string"),
        ({"access": [USED, USED | {"recource": "*"}]}, "access[1]: unknown key `recource`\n  hint: did you mean"),
        ({"access": [{"role": "x"}]}, "access[0].action: a value is missing"),
        ({"access": [USED | {"action": "GetObject"}]}, "is not a valid action"),
        ({"access": [USED | {"action": "s3:Get*"}]}, "is not a valid action"),
        ({"access": [USED | {"resource": "images"}]}, "is not a valid ARN"),
        ({"access": [USED | {"count": "3"}]}, "whole number"),
        ({"access": [USED | {"count": True}]}, "whole number"),
        ({"access": [USED | {"denied": 2}]}, "access[0].denied: must not be greater than `count`"),
        ({"access": [USED | {"first": "yesterday"}]}, "expected a time"),
        (
            {"access": [USED | {"first": "2026-02-01", "last": "2026-01-01"}]},
            "access[0].first: must not be later than `last`",
        ),
        ({"coverage": [COVERAGE | {"from": None}]}, "coverage[0].from: a value is missing"),
        ({"coverage": [COVERAGE | {"from": "2026-04-01"}]}, "coverage[0].from: must not be later than `to`"),
        ({"coverage": [COVERAGE | {"data_events": "yes"}]}, "true or false"),
        ({"coverage": [COVERAGE | {"data_event": True}]}, "did you mean `data_events`?"),
        ({"access": [USED | {"via": 5}]}, "access[0].via: expected a string"),
        ({"not_actions": [{"source": "s3", "count": "2"}]}, "whole number"),
        ({"not_actions": [{"sourc": "s3"}]}, "did you mean `source`?"),
        ({"records": "3"}, "`records` must be a whole number"),
        ({"unreadable": -1}, "`unreadable` must be a whole number"),
        ({"version": 2}, "`version` must be 1"),
        ({"version": True}, "`version` must be 1"),
    ],
)
def test_what_the_format_does_not_take_is_an_error_that_says_where(given_, message):
    found = fault(json.dumps({"version": 1} | given_))
    assert message in str(found)
    assert found.location is not None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("[]", "expected a map"),
        ("{}", "`version` is missing"),
        ('{"version": 1', "cut off"),
        ('{"version": 1} {"version": 1}', "but the file has several"),
        ('{"version": 1, "version": 1}', "is listed twice"),
        ('{"version": 1, "access": [], "access": []}', "is listed twice"),
        ('{"version": 1, "access": [{"role": "a", "role": "b"}]}', "twice"),
    ],
)
def test_a_text_that_is_no_usage_file_is_an_error(text, message):
    assert message in str(fault(text))


def test_the_place_is_that_of_the_entry():
    text = json.dumps({"version": 1, "access": [USED, USED | {"x": 1}]}, indent=2)
    assert fault(text).location.line == next(
        number for number, line in enumerate(text.splitlines(), 1) if number > 4 and line.strip() == "{"
    )


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=4), lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*USED, *COVERAGE, "version", "access", "first", "count"]), inner)))  # fmt: skip  # noqa: E501
def test_whatever_stands_in_a_file_it_is_read_or_refused_with_a_place(data):
    location = Location("x")
    try:
        read_usage("x", json.dumps({"version": 1, "access": data, "coverage": data}))
    except IamglueError as error:
        location = error.location
    assert location is not None
