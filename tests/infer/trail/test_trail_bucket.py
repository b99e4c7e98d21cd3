"""Logs in a bucket: what is listed and read, and what is not."""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from infer.trail.trail_records import ACCOUNT, create_table, get_object, log_file
from moto import mock_aws

from iamglue.aws import trail_bucket

BUCKET = "trail-logs"


class Refusal:
    """The body of a response that AWS would send."""

    def __init__(self, code):
        self._content = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()

    def stream(self, **_):
        yield self._content


@pytest.fixture
def bucket(monkeypatch, tmp_path):
    """A bucket, and what uploads a folder to it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_RETRY_MODE", "standard")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    trail_bucket._client.cache_clear()
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)

        def upload(folder=tmp_path / "logs", prefix=""):
            for path in folder.rglob("*.gz"):
                client.upload_file(str(path), BUCKET, prefix + str(path.relative_to(folder)))

        upload.client = client
        upload.requests = []
        yield upload
    trail_bucket._client.cache_clear()


def watch(operation, answer):
    """Let `answer` decide on each request that the command sends: a refusal, or None to let it pass."""
    client = trail_bucket._client(trail_bucket._ClientOptions(None, None, None))
    client.meta.events.register(f"before-send.s3.{operation}", answer)
    return client


def refused(request, status, code):
    return AWSResponse(request.url, status, {}, Refusal(code))


@pytest.fixture
def logs(tmp_path, bucket):
    folder = tmp_path / "logs"
    for day in (3, 4, 5, 6, 7):
        time = f"2026-01-{day:02}T10:00:00Z"
        log_file(folder, create_table(f"t{day}", eventTime=time), get_object(eventTime=time), day=f"2026/01/{day:02}")
    bucket()
    return folder


def test_a_bucket_gives_what_a_folder_gives(trail, logs):
    ran = trail(f"s3://{BUCKET}/AWSLogs/", "--region", "us-east-1")
    assert (ran.code, ran.output) == (0, trail(logs).output)


def test_only_the_days_of_the_period_are_listed_and_read(trail, logs):
    listed = []
    watch("ListObjectsV2", lambda request, **_: listed.append(request.url))
    for prefix in ("", "AWSLogs/", f"AWSLogs/{ACCOUNT}/", f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/"):
        ran = trail(f"s3://{BUCKET}/{prefix}", "--since", "2026-01-04", "--until", "2026-01-05")
        assert "read 6 records of 3 files" in ran.notes  # the day after has the events that were delivered late
        assert ran.usage["records"] == 4
        assert {row["last"][:10] for row in ran.usage["access"]} <= {"2026-01-04", "2026-01-05"}
    assert not [url for url in listed if "2026%2F01%2F03" in url or "2026%2F01%2F07" in url]


def test_other_layouts_are_read_whole_and_limited_by_the_time_of_events(trail, tmp_path, bucket):
    folder = tmp_path / "other"
    log_file(folder, create_table(eventTime="2026-01-04T00:00:00Z"), create_table(eventTime="2026-01-09T00:00:00Z"))
    (path,) = folder.rglob("*.gz")
    bucket.client.upload_file(str(path), BUCKET, "some/where/a.json.gz")
    assert trail(f"s3://{BUCKET}/some", "--since", "2026-01-05").usage["records"] == 1


def test_a_second_run_over_a_bucket_reads_new_objects_only(trail, logs, tmp_path, bucket):
    uri, store = f"s3://{BUCKET}/", tmp_path / "store"
    first = trail(uri, "--store", store)
    log_file(tmp_path / "more", get_object(), day="2026/01/08")
    bucket(tmp_path / "more")
    second = trail(uri, "--store", store)
    assert "read 1 record of 1 file" in second.notes
    assert second.usage["records"] == first.usage["records"] + 1


def test_throttled_requests_are_repeated(trail, logs):
    waiting = [503, 503]
    watch("GetObject", lambda request, **_: refused(request, waiting.pop(), "SlowDown") if waiting else None)
    ran = trail(f"s3://{BUCKET}/AWSLogs/")
    assert (ran.code, ran.output, waiting) == (0, trail(logs).output, [])


def test_a_denied_object_is_reported_and_the_others_count(trail, logs):
    watch("GetObject", lambda request, **_: refused(request, 403, "AccessDenied") if "0105T" in request.url else None)
    ran = trail(f"s3://{BUCKET}/AWSLogs/")
    assert (ran.code, ran.usage["records"]) == (3, 8)
    assert "the permission s3:GetObject is missing" in ran.notes


def test_a_denied_listing_is_reported_and_nothing_looks_clean(trail, logs):
    watch("ListObjectsV2", lambda request, **_: refused(request, 403, "AccessDenied"))
    ran = trail(f"s3://{BUCKET}/AWSLogs/")
    assert ran.code == 3
    assert "the permission s3:ListBucket is missing" in ran.notes


def test_a_prefix_without_objects_is_an_error(trail, logs):
    ran = trail(f"s3://{BUCKET}/nothing/")
    assert (ran.code, ran.output) == (2, "")


def test_a_bucket_that_does_not_exist_is_reported(trail, logs):
    ran = trail("s3://no-such-bucket-here/")
    assert ran.code == 3
    assert "NoSuchBucket" in ran.notes


def test_a_connection_that_breaks_is_resumed_where_it_broke(trail, bucket, tmp_path, monkeypatch):
    records = [create_table(f"{number:04}", requestID=f"{number * 104729:060x}") for number in range(2000)]
    log_file(tmp_path / "logs", *records)
    bucket()
    monkeypatch.setattr("iamglue.infer.trail.byte_streams.READ_SIZE", 4096)
    real, broken = trail_bucket._ObjectReader._open_body, []

    class Breaking:
        """A body whose connection ends after some reads."""

        def __init__(self, body):
            self.body, self.reads = body, 0

        def read(self, size):
            self.reads += 1
            if self.reads == 3 and len(broken) < 2:
                broken.append(True)
                raise ConnectionResetError(104, "reset")
            return self.body.read(size)

        def close(self):
            self.body.close()

    def opened(reader):
        body = real(reader)
        if not isinstance(body, Breaking):
            reader._body = Breaking(body)
        return reader._body

    monkeypatch.setattr(trail_bucket._ObjectReader, "_open_body", opened)
    ran = trail(f"s3://{BUCKET}/")
    assert (ran.code, len(broken), json.loads(ran.output)["records"]) == (0, 2, 2000)
    assert {row["count"] for row in ran.usage["access"]} == {1}
