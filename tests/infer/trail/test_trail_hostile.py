"""Whatever is in a file, it is counted or refused, and every record exactly once."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from infer.trail.trail_records import create_table, get_object

from iamglue.infer.trail.byte_streams import BLOCK_SIZE
from iamglue.infer.trail.events import TrailEvent, decode_event, events_of_value
from iamglue.infer.trail.flat_columns import KEY_COLUMNS
from iamglue.infer.trail.flat_keys import flat_key
from iamglue.infer.trail.json_items import ReadingProblems, event_batches
from iamglue.infer.trail.request_parameters import UnreadableEventError
from iamglue.infer.trail.tables import table_batches

NAMES = st.sampled_from(
    [
        "eventSource",
        "eventName",
        "eventTime",
        "userIdentity",
        "arn",
        "type",
        "sessionContext",
        "sessionIssuer",
        "inScopeOf",
        "resources",
        "ARN",
        "requestParameters",
        "bucketName",
        "key",
        "detail",
        "Records",
        "x",
        "CloudTrailEvent",
        "eventjson",
        "eventsource",
        "managementevent",
    ]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.just("arn:aws:s3:::b/a/b"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
CHANGES = st.dictionaries(NAMES, VALUES, max_size=4)


@given(CHANGES, st.booleans())
def test_a_changed_record_is_one_event_or_unreadable(changes, is_object):
    record = (get_object() if is_object else create_table()) | changes
    events = events_of_value(json.dumps(record).encode())
    if not {"detail", "Records", "CloudTrailEvent", "eventjson"} & set(changes):
        assert len(events) == 1
    for event in events:
        if isinstance(event, TrailEvent):
            try:
                key, time = flat_key(event)
            except UnreadableEventError:
                continue
            assert "\t".join(key).count("\t") == len(KEY_COLUMNS) - 1
            assert time[:10] == key[0]


@given(st.dictionaries(st.sampled_from(["bucketName", "key", "versionId", "x"]), VALUES, max_size=4))
def test_request_parameters_may_be_anything(parameters):
    event = decode_event(json.dumps(get_object() | {"requestParameters": parameters}).encode())
    key, _ = flat_key(event)
    assert json.loads(key[-1]) is not None


@given(st.lists(st.binary(max_size=40), max_size=4))
def test_any_bytes_are_refused_without_a_crash(blocks):
    for read in (event_batches, table_batches):
        problems = ReadingProblems()
        for batch in read(iter(blocks), problems):
            assert batch == []


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
@pytest.mark.parametrize(
    "form", ["[%s]", '{"Records": [%s]}', '{"Records": [%s], "x": [1]}\n', '[%s]\n{"Records": []}']
)
def test_events_of_a_large_file_are_read_whatever_is_around_them(form, separators):
    names = [f"table-{number}" for number in range(1500)]
    text = form % ",".join(json.dumps(create_table(name), separators=separators) for name in names)
    data = text.encode()
    assert len(data) > 2 * BLOCK_SIZE
    problems = ReadingProblems()
    blocks = (data[start : start + BLOCK_SIZE] for start in range(0, len(data), BLOCK_SIZE))
    events = [event for batch in event_batches(blocks, problems) for event in batch]
    assert [json.loads(bytes(event.requestParameters))["tableName"] for event in events] == names
    assert problems == ReadingProblems(is_log=form.startswith("{"))


def test_control_characters_do_not_end_a_line():
    parts = "\t\n\r\x00\x1f\x7f"
    event = decode_event(json.dumps(create_table(f"a{parts}b") | {"awsRegion": parts, "errorCode": parts}).encode())
    key, _ = flat_key(event)
    assert not set("\t".join(key)) & set("\n\r\x00\x1f")
    assert "\t".join(key).count("\t") == len(KEY_COLUMNS) - 1


@given(st.integers(14, 2000), st.sampled_from([b"}", b'"', b"\\", b"\xff", b"{", b"]", b"\x00"]), st.integers(1, 64))
def test_one_wrong_byte_hides_no_more_than_its_records(at, byte, size):
    text = json.dumps({"Records": [create_table(str(number)) for number in range(3)]}).encode()
    text = text[:at] + byte + text[at + 1 :]
    blocks = (text[start : start + size] for start in range(0, len(text), size))
    problems = ReadingProblems()
    events = [event for batch in event_batches(blocks, problems) for event in batch]
    assert len(events) >= 1
    assert problems.unreadable <= 3
    assert len(events) == 3 or problems.unreadable or problems.damage
