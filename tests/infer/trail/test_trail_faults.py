"""What cannot be read is counted, reported and never looks clean."""

from __future__ import annotations

import gzip
import json
import zipfile

import pytest
from infer.trail.trail_records import ACCOUNT, REGION, create_table, get_object, log_file, record

from iamglue.errors import IamglueError
from iamglue.infer.trail.database import Database

GOOD = [create_table("a"), create_table("b"), create_table("c")]


def names(ran):
    return sorted(row["resource"].rpartition("/")[2] for row in ran.usage["access"])


def test_a_truncated_compressed_file_counts_what_is_there_and_is_reported(trail, tmp_path):
    path = tmp_path / "a.json.gz"
    records = [create_table(f"{number:05}", requestID=f"{number * 7919:032x}") for number in range(3000)]
    path.write_bytes(gzip.compress(json.dumps({"Records": records}).encode())[:-3000])
    ran = trail(path)
    assert ran.code == 3
    assert "the gzip data ends too early" in ran.notes
    counted = names(ran)
    assert 0 < len(counted) < 3000
    assert counted == [f"{number:05}" for number in range(len(counted))]


def test_damaged_compressed_data_are_reported(trail, tmp_path):
    path = tmp_path / "a.json.gz"
    data = bytearray(gzip.compress(json.dumps({"Records": GOOD}).encode()))
    data[-6] ^= 0xFF  # in the checksum
    path.write_bytes(data)
    ran = trail(path)
    assert ran.code == 3
    assert "the gzip data is damaged" in ran.notes


@pytest.mark.parametrize("form", ["records", "list", "lines"])
def test_a_half_written_file_counts_what_is_there_and_is_reported(form, trail, tmp_path):
    text = {
        "records": json.dumps({"Records": GOOD}),
        "list": json.dumps(GOOD),
        "lines": "\n".join(map(json.dumps, GOOD)),
    }[form]
    path = tmp_path / "a.json"
    path.write_text(text[:-200])
    ran = trail(path)
    assert (ran.code, names(ran)) == (3, ["a", "b"])
    assert "cut off" in ran.notes


@pytest.mark.parametrize(
    "wrong",
    [
        {"eventName": 5},
        {"eventSource": None},
        {"eventTime": "yesterday"},
        {"eventTime": "2026-02-31T00:00:00Z"},
        {"userIdentity": "anna"},
        {"userIdentity": {"type": "AssumedRole", "arn": ["x"]}},
        {"resources": {"ARN": "x"}},
        {"managementEvent": "perhaps"},
        {"errorCode": {}},
    ],
    ids=str,
)
def test_a_record_with_a_field_of_a_wrong_type_is_unreadable_and_the_others_count(wrong, trail, tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"Records": [GOOD[0], GOOD[1] | wrong, GOOD[2]]}))
    ran = trail(path)
    assert (ran.code, names(ran), ran.usage["records"], ran.usage["unreadable"]) == (3, ["a", "c"], 3, 1)
    assert f"{path}: record 2: " in ran.notes


def test_what_is_wrong_with_a_record_is_said_in_plain_words(trail, tmp_path):
    wrong = [
        ({"userIdentity": {"arn": ["x"]}}, "`userIdentity.arn` must be a string, but is a list"),
        ({"resources": ["x"]}, "`resources[0]` must be a map, but is a string"),
        ({"managementEvent": "x"}, "`managementEvent` must be true or false, but is a string"),
        ({"eventName": 10**400}, "`eventName` must be a string, but is a number"),
    ]
    for change, words in wrong:
        path = tmp_path / "events.json"
        path.write_text(json.dumps({"Records": [create_table(), {**create_table(), **change}]}))
        ran = trail(path)
        assert ran.code == 3
        assert "1 record is unreadable" in ran.notes
        assert f"events.json: record 2: {words}" in ran.notes
    path.write_text(json.dumps({"Records": [create_table(), {"eventName": "x"}]}))
    assert "record 2: it has no `eventSource`" in trail(path).notes


@pytest.mark.parametrize("item", [None, 5, "text", [], {}, {"eventName": "CreateTable"}, True, {"Records": 5}], ids=str)
def test_a_value_that_is_no_event_is_not_counted_as_one(item, trail, tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps([GOOD[0], item, GOOD[2]]))
    ran = trail(path)
    assert names(ran) == ["a", "c"]
    assert (ran.code, ran.usage["unreadable"]) == ((3, 1) if item != [] else (0, 0))


def test_a_malformed_record_does_not_hide_the_following_ones(trail, tmp_path):
    texts = [json.dumps(event) for event in GOOD]
    texts[1] = texts[1].replace('"awsRegion":', '"awsRegion"')
    path = tmp_path / "a.json"
    path.write_text(f'{{"Records": [{", ".join(texts)}]}}')
    ran = trail(path)
    assert (ran.code, names(ran), ran.usage["unreadable"]) == (3, ["a", "c"], 1)


def test_a_field_that_is_not_counted_may_have_any_type(trail, tmp_path):
    path = tmp_path / "a.json"
    event = create_table("a") | {"responseElements": [[1]], "sourceIPAddress": {}, "requestParameters": 5}
    path.write_text(json.dumps([event]))
    assert trail(path).usage["records"] == 1


def test_an_old_record_without_most_fields_is_counted(trail, tmp_path):
    event = {name: create_table()[name] for name in ("eventSource", "eventName", "userIdentity")}
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"Records": [event]}))
    (row,) = trail(path).usage["access"]
    assert (row["action"], row["first"], row["region"]) == ("dynamodb:CreateTable", None, None)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe", gzip.compress(b"", mtime=0)], ids=repr)
def test_an_empty_file_is_reported(content, trail, tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(content)
    ran = trail(path)
    assert ran.code == 3
    assert "the file is empty" in ran.notes


def test_a_folder_without_a_file_is_an_error(trail, tmp_path):
    ran = trail(tmp_path)
    assert (ran.code, ran.output) == (2, "")
    assert "there is no log file to read" in ran.notes


def test_a_missing_path_is_an_error_before_anything_is_read(trail, tmp_path):
    log_file(tmp_path, *GOOD)
    ran = trail(tmp_path, tmp_path / "nofile")
    assert (ran.code, ran.output) == (2, "")
    assert ran.notes == f"error: {tmp_path / 'nofile'}: there is no such file or directory\n"


def test_invalid_utf8_in_a_name_makes_the_record_unreadable(trail, tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(json.dumps({"Records": GOOD}).encode().replace(b'"tableName": "b"', b'"tableName": "\xff\xfe"'))
    ran = trail(path)
    assert ran.usage["records"] == 3
    assert ran.code == 3 or len(ran.usage["access"]) == 3


def test_deep_nesting_is_no_crash(trail, tmp_path):
    path = tmp_path / "a.json"
    deep = json.dumps(create_table("b")).replace('"tableName": "b"', f'"tableName": {"[" * 5000}{"]" * 5000}')
    path.write_text(f'{{"Records": [{json.dumps(GOOD[0])}, {deep}, {json.dumps(GOOD[2])}]}}')
    ran = trail(path)
    assert ran.code in (0, 3)
    assert {"a", "c"} <= set(names(ran))
    assert ran.usage["records"] == 3


def test_an_output_that_cannot_be_written_is_an_error(trail, tmp_path):
    log_file(tmp_path, *GOOD)
    ran = trail(tmp_path, "-o", tmp_path / "missing" / "usage.json")
    assert ran.code == 2
    assert "cannot write" in ran.notes


def test_insights_and_network_activity_are_no_actions(trail, tmp_path):
    log_file(
        tmp_path,
        record("RunInstances", "ec2", eventType="AwsCloudTrailInsight"),
        record("GetObject", eventType="AwsVpceEvent"),
        get_object(),
    )
    ran = trail(tmp_path)
    assert (len(ran.usage["access"]), sum(item["count"] for item in ran.usage["not_actions"])) == (1, 2)


def test_a_query_that_needs_too_much_memory_is_not_taken_for_a_full_disk(tmp_path):
    with pytest.raises(IamglueError) as raised:
        list(Database(tmp_path).rows("SELECT len(list(number)) FROM range(40000000) numbers(number)"))
    assert "Out of Memory" in str(raised.value)
    assert "--since and --until" in raised.value.hint


def test_an_archive_that_is_no_gzip_is_reported_and_is_no_table(trail, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.json", "w") as archive:
        archive.writestr("log.json", json.dumps({"Records": GOOD}))
    ran = trail(tmp_path / "a.json")
    assert (ran.code, names(ran)) == (3, [])
    assert "it is a zip archive" in ran.notes


def test_logs_of_other_services_in_the_bucket_are_skipped_and_said(trail, tmp_path):
    log_file(tmp_path, *GOOD)
    for service in ("Config", "elasticloadbalancing"):
        other = tmp_path / "AWSLogs" / ACCOUNT / service / REGION / "2026" / "1" / "5" / "x.json.gz"
        other.parent.mkdir(parents=True)
        other.write_bytes(gzip.compress(b"h2 2026-01-05T10:00:00.186641Z app/lb/1 10.0.0.1:2817"))
    ran = trail(tmp_path)
    assert (ran.code, names(ran), ran.usage["files"]) == (0, ["a", "b", "c"], 1)
    assert "it is a log of Config, not of CloudTrail" in ran.notes


def test_a_file_without_events_leaves_the_coverage(trail, tmp_path):
    log_file(tmp_path, *GOOD)
    (tmp_path / "other.json").write_text('[{"configurationItems": []}]')
    ran = trail(tmp_path)
    assert (ran.code, len(ran.usage["coverage"])) == (3, 1)


A, B = json.dumps(create_table("a")), json.dumps(create_table("b"))
MANY = ",".join([A] * 2000)  # more than is read at once


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        (f'{{"Records":[{A}],"Records":[{B}]}}', ["a"]),
        (f'{{"Records":[{A}],"\\u0052ecords":[{B}]}}', ["a"]),
        (f'{{"Records":[{A}],"Events":[{B}]}}', ["a"]),
        (f'{{"Records":[{A}],"Records":[]}}', ["a"]),
        (f'{{"Records":[{MANY}],"Records":[{B}]}}', ["a"]),
        (f'{{"Records":[{A}],"Records":[{MANY}]}}', ["a"]),
        (f'{{"version":1,"Records":[{A}],"Records":[{B}]}}', []),
        (f'[{{"Records":[{A}],"Records":[{B}]}}]', []),
        (f'{{"Records":[{A}]}}\n{{"x":1,"Records":[{B}],"Records":[{A}]}}', ["a"]),
    ],
    ids=["small", "escaped", "other name", "empty", "large", "large second", "not first", "in a list", "line"],
)
def test_a_second_list_of_events_in_a_map_is_reported(trail, tmp_path, text, counted):
    (tmp_path / "log.json").write_text(text)
    ran = trail(tmp_path / "log.json")
    assert (ran.code, names(ran)) == (3, counted)
    assert "the map has a second list of events" in ran.notes or ran.usage["unreadable"] > 0


def test_the_name_of_a_list_in_an_event_is_no_second_list(trail, tmp_path):
    event = create_table("a")
    event["requestParameters"] |= {"Records": [], "note": 'a "Records": b', "Events": {"Records": []}}
    (tmp_path / "log.json").write_text(json.dumps({"Records": [event, create_table("b")]}))
    ran = trail(tmp_path / "log.json")
    assert (ran.code, names(ran)) == (0, ["a", "b"])
