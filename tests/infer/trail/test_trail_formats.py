"""Every form in which events are kept gives the same usage."""

from __future__ import annotations

import csv
import gzip
import io
import json

import pytest
from infer.trail.trail_records import ACCOUNT, REGION, ROLE, create_table, get_object, log_file, record, session

EVENTS = [get_object("in/a.jpg"), get_object("in/b.jpg"), create_table()]
PAIRS = {
    ("s3:GetObject", "arn:aws:s3:::images/in/*"): 2,
    ("dynamodb:CreateTable", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"): 1,
}


def lower(value):
    """The names of a structure as Athena's table has them."""
    if isinstance(value, dict):
        return {name.lower(): lower(item) for name, item in value.items()}
    return [lower(item) for item in value] if isinstance(value, list) else value


def row_text(value):
    """A structure as Athena writes it in CSV."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}={row_text(item)}" for name, item in value.items()) + "}"
    return "[" + ", ".join(map(row_text, value)) + "]" if isinstance(value, list) else str(value)


def athena_row(event):
    row = {name.lower(): value for name, value in event.items()}
    for name in ("useridentity", "resources"):
        row[name] = row_text(lower(row[name])) if row.get(name) else ""
    row["requestparameters"] = json.dumps(row["requestparameters"])
    row["managementevent"] = str(row["managementevent"]).lower()
    return row


def as_csv(rows):
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def lake_json(event):
    return [
        {name: json.dumps(value) if isinstance(value, dict | list) else str(value)} for name, value in event.items()
    ]


FORMS = {
    "log file": json.dumps({"Records": EVENTS}),
    "compressed": gzip.compress(json.dumps({"Records": EVENTS}).encode()),
    "two compressed members": gzip.compress(b'{"Records": [') + gzip.compress(json.dumps(EVENTS).encode()[1:] + b"}"),
    "records after other members": json.dumps({"x": 1, "Records": EVENTS}),
    "members after the records": json.dumps({"Records": EVENTS, "x": [1]}, indent=1),
    "list": json.dumps(EVENTS, indent=2),
    "lines": "\n".join(map(json.dumps, EVENTS)) + "\n",
    "one after another": "".join(json.dumps(event, indent=1) for event in EVENTS),
    "lookup-events": json.dumps(
        {"Events": [{"EventId": "1", "CloudTrailEvent": json.dumps(event)} for event in EVENTS], "NextToken": "x"}
    ),
    "pages of lookup-events": "\n".join(
        json.dumps({"Events": [{"CloudTrailEvent": json.dumps(event)}]}, indent=4) for event in EVENTS
    ),
    "EventBridge": json.dumps([{"detail-type": "AWS API Call via CloudTrail", "detail": event} for event in EVENTS]),
    "UTF-8 with a byte order mark": b"\xef\xbb\xbf" + json.dumps(EVENTS).encode(),
    "UTF-16": json.dumps(EVENTS).encode("utf-16"),
    "UTF-16 without a byte order mark": json.dumps({"Records": EVENTS}).encode("utf-16-le"),
    "Athena as CSV": as_csv(list(map(athena_row, EVENTS))),
    "Athena as JSON": "\n".join(
        json.dumps(lower(event) | {"requestparameters": json.dumps(event["requestParameters"])}) for event in EVENTS
    ),
    "CloudTrail Lake": json.dumps({"QueryStatus": "FINISHED", "QueryResultRows": list(map(lake_json, EVENTS))}),
}


IN_RECORDS = {
    "log file",
    "compressed",
    "two compressed members",
    "records after other members",
    "members after the records",
    "UTF-16 without a byte order mark",
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_usage(form, trail, tmp_path):
    content = FORMS[form]
    path = tmp_path / "events"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    ran = trail(path)
    assert (ran.code, ran.pairs, ran.usage["records"], ran.usage["unreadable"]) == (0, PAIRS, 3, 0), ran.notes
    assert {row["role"] for row in ran.usage["access"]} == {ROLE}


@pytest.mark.parametrize("form", FORMS)
def test_only_log_files_show_that_something_was_not_used(form, trail, tmp_path):
    content = FORMS[form]
    path = tmp_path / "events"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    ran = trail(path, "--store", tmp_path / "store")
    assert (ran.usage["coverage"] == []) == (form not in IN_RECORDS)
    assert ("events may be left out" in ran.notes) == (form not in IN_RECORDS)
    assert trail("--query", "--store", tmp_path / "store").output == ran.output


def test_a_folder_is_read_with_all_folders_below_it_and_digests_are_skipped(trail, tmp_path):
    log_file(tmp_path, *EVENTS[:1])
    log_file(tmp_path, *EVENTS[1:], day="2026/01/06")
    digest = tmp_path / "AWSLogs" / ACCOUNT / "CloudTrail-Digest" / REGION / "a.json.gz"
    digest.parent.mkdir(parents=True)
    digest.write_bytes(gzip.compress(b"{}"))
    (tmp_path / "README.md").write_text("notes")
    ran = trail(tmp_path)
    assert (ran.code, ran.pairs, ran.usage["files"]) == (0, PAIRS, 2)
    assert "digest file" in ran.notes
    assert "README.md" in ran.notes


def test_a_large_file_is_read_in_parts_and_no_record_is_lost_or_counted_twice(trail, tmp_path):
    events = [get_object(f"in/{number}", requestID="x" * 900) for number in range(8000)]
    path = tmp_path / "large.json"
    path.write_text(json.dumps({"Records": events}))
    assert path.stat().st_size > 2 * (1 << 22)
    assert trail(path).pairs == {("s3:GetObject", "arn:aws:s3:::images/in/*"): 8000}


def test_the_same_log_file_in_two_folders_is_counted_once(trail, tmp_path):
    log_file(tmp_path / "a", *EVENTS)
    log_file(tmp_path / "b", *EVENTS)
    assert trail(tmp_path / "a", tmp_path / "b", tmp_path).pairs == PAIRS


def test_the_output_is_the_same_in_every_order_and_with_every_number_of_processes(trail, tmp_path, monkeypatch):
    monkeypatch.setattr("iamglue.infer.trail.run._SERIAL_BYTES", 0)
    monkeypatch.setattr("iamglue.infer.trail.run._TASK_FILES", 1)
    for number in range(6):
        log_file(tmp_path, *EVENTS, record("ListTables", "dynamodb", userIdentity=session(f"f{number}")), number=number)
    monkeypatch.setattr("iamglue.infer.trail.usage_rows._SERIAL_ROWS", 0)
    first = trail(tmp_path).output
    files = sorted(tmp_path.rglob("*.gz"), reverse=True)
    assert trail(*files).output == first
    assert trail(tmp_path, "--jobs", 2).output == first


def test_what_does_not_fit_in_memory_gives_the_same_usage(trail, tmp_path, monkeypatch):
    for number in range(4):
        events = [create_table(f"t{item}", userIdentity=session(f"f{item}")) for item in range(9)]
        odd = create_table("odd", userIdentity=session('a"b', f"arn:aws:iam::{ACCOUNT}:role/a\\\\é\u0002"))
        log_file(tmp_path, *EVENTS, *events, odd, get_object(errorCode="AccessDenied"), number=number)
    expected = trail(tmp_path).output
    monkeypatch.setattr("iamglue.infer.trail.access_mapper._MAX_ACCESSES", 2)
    monkeypatch.setattr("iamglue.infer.trail.flat_counter._MAX_ROWS", 3)
    monkeypatch.setattr("iamglue.infer.trail.run._COMMIT_BYTES", 100)
    monkeypatch.setattr("iamglue.infer.trail.run._TASK_FILES", 1)
    assert trail(tmp_path).output == expected


def test_a_link_to_a_folder_is_skipped_and_that_is_said(trail, tmp_path):
    log_file(tmp_path / "logs", create_table())
    (tmp_path / "logs" / "loop").symlink_to(tmp_path / "logs")
    ran = trail(tmp_path / "logs")
    assert (ran.code, ran.usage["records"]) == (0, 1)
    assert "it is a link to a folder" in ran.notes
