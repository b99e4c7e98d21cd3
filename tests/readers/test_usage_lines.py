"""A usage as `infer trail` writes it is read line by line, with the result of reading it as a whole."""

from __future__ import annotations

import json

import pytest

from iamglue.errors import IamglueError
from iamglue.formats.reports.usage_json import access_text, usage_json_lines
from iamglue.model.trail_files import SkippedFile
from iamglue.model.trail_usage import NotAction, RecordTotals, TrailAccess, TrailSummary
from iamglue.model.usage import ActionUsage, TrailCoverage
from iamglue.readers import usage_file
from iamglue.readers.usage_file import read_usage, read_usage_file
from iamglue.readers.usage_lines import UsageScope

TIMES = ("2026-01-05T10:00:00Z", "2026-01-06T10:00:00Z")
HERE = ("123456789012", "eu-west-1")
ACCESSES = [
    TrailAccess("arn:aws:iam::123456789012:role/a", "f", *HERE, "s3:GetObject", "arn:aws:s3:::x/*", "", 4, 1, *TIMES),
    TrailAccess("arn:aws:iam::123456789012:role/a", "g", *HERE, "s3:GetObject", "arn:aws:s3:::y/*", "", 2, 2, *TIMES),
    TrailAccess("role/ä", "", "", "", "s3:ListAllMyBuckets", "*", "athena.amazonaws.com", 1, 1, "", ""),
    TrailAccess('a "b" \\ c', "f", *HERE, "sqs:SendMessage", 'arn:aws:sqs:::"q"', "", 1, 0, *TIMES),
]
SUMMARY = TrailSummary(
    (NotAction("signin.amazonaws.com", "ConsoleLogin", 2, "signing in"),),
    (TrailCoverage("s3", *TIMES, data_events=True),),
    RecordTotals(9, 1, 2),
    (SkippedFile("x.gz", "damaged", is_failure=True),),
)


@pytest.fixture
def written(tmp_path):
    """The path of a usage with lines that are replaced."""

    def write(accesses=ACCESSES, **replaced):
        text = "".join(f"{line}\n" for line in usage_json_lines([list(map(access_text, accesses))], SUMMARY))
        for old, new in replaced.values():
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "usage.json"
        path.write_text(text)
        return path

    return write


def as_a_whole(path):
    return read_usage(str(path), path.read_text())


def test_a_usage_is_read_line_by_line(written, monkeypatch):
    path = written()
    expected = as_a_whole(path)
    monkeypatch.setattr(usage_file, "read_text", None)  # it is not read as a whole
    assert read_usage_file(str(path)) == expected
    assert len(expected.access) == 4


@pytest.mark.parametrize(
    "change",
    [
        ('"count": 4', '"count": -4'),
        ('"count": 4', '"count": 0'),
        ('"count": 4', '"count": 04'),
        ('"s3:GetObject"', '"s3"'),
        ('"s3:GetObject"', '"s3:Get*"'),
        ('"arn:aws:s3:::x/*"', '"x"'),
        ("2026-01-05T", "2026-02-30T"),
        ('"first": "2026-01-05', '"first": "2026-01-07'),
        ('"via": null', '"via": 1'),
        ('"region": "eu-west-1"', '"region": "eu-west-1", "region": "x"'),
        ('"denied": 1', '"denied": 1, "other": 2'),
        (',\n    {"role": "role/ä"', '\n    {"role": "role/ä"'),
        ("\n  ],\n", ",\n  ],\n"),
        ('"version": 1', '"version": 2'),
        ('  "access": [', '  "access": [],\n  "access": ['),
        ('"data_events": true', '"data_events": 1'),
        ('"records": 9', '"records": "9"'),
    ],
)
def test_an_error_of_a_line_has_the_same_message_and_place(change, written):
    path = written(change=change)
    with pytest.raises(IamglueError) as expected:
        as_a_whole(path)
    with pytest.raises(IamglueError) as raised:
        read_usage_file(str(path))
    assert str(raised.value) == str(expected.value)
    assert raised.value.location.line == expected.value.location.line


@pytest.mark.parametrize("indent", [None, 1, 2, 4])
def test_another_layout_is_read_as_a_whole(indent, written):
    path = written()
    path.write_text(json.dumps(json.loads(path.read_text()), indent=indent))
    assert read_usage_file(str(path)) == as_a_whole(path)


def test_a_usage_without_access_and_a_cut_one_are_read_as_a_whole(written):
    path = written(())
    assert read_usage_file(str(path)) == as_a_whole(path)
    path = written()
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(IamglueError, match="in the middle"):
        read_usage_file(str(path))


@pytest.mark.parametrize("layout", ["lines", "whole"])
def test_what_is_not_needed_is_left_out(layout, written):
    path = written()
    if layout == "whole":
        path.write_text(json.dumps(json.loads(path.read_text())))
    usage = read_usage_file(str(path), UsageScope(frozenset({"f"})))
    assert [item.function for item in usage.access] == ["f", None, "f"]
    merged = read_usage_file(str(path), UsageScope(by_action=True)).access
    assert merged[0] == ActionUsage("arn:aws:iam::123456789012:role/a", "s3:GetObject", count=6, denied=3)
    assert len(merged) == 3
