"""Log files with records of many shapes, some of them damaged, for engines to be compared on."""

from __future__ import annotations

import json
from pathlib import Path

from infer.trail.trail_records import create_table, get_object, log_file, record, session


def write_mixed_logs(folder: Path) -> None:
    """Write the files."""
    keys = ("in/a.jpg", "in/b/c.jpg", "/x/y", "/z", "//a", "top.jpg", "in/", "in/new\nline/é.jpg")
    log_file(folder, *map(get_object, keys), *(create_table(name, errorCode="AccessDenied") for name in "ab"))
    log_file(folder, *_odd_records(), number=2)
    log_file(folder, *_other_services(), day="2026/01/06", number=3)
    cut = log_file(folder, create_table(), number=4)
    cut.write_bytes(cut.read_bytes()[:-20])
    log_file(folder, number=5)
    lines = (record("ListBuckets"), record("GetQueueUrl", "sqs", requestParameters={"queueName": "q"}))
    (folder / "lines.json").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    digest = {"awsAccountId": "1", "digestStartTime": "x", "digestS3Bucket": "b", "logFiles": []}
    (folder / "digest.json").write_text(json.dumps(digest))


def _odd_records():
    yield record("GetObject", userIdentity=session("botocore-session-123"))
    yield record("GetObject", eventTime="2026-01-05 11:00:00.5")
    yield record("GetObject", eventTime="yesterday")
    yield {"x": 1}
    yield None
    yield record("PutItem", "dynamodb", userIdentity="text")


def _other_services():
    later = {"eventTime": "2026-01-06T10:00:00Z"}
    yield record("GetObject", userIdentity=session("i-0123456789abcdef0"), **later)
    items = {"instancesSet": {"items": [{"instanceId": "i-1"}]}, "nextToken": "x"}
    yield record("DescribeInstances", "ec2", requestParameters=items, **later)
    keyed = {"tableName": "t", "key": {"id": 5}}
    yield record("GetItem", "dynamodb", requestParameters=keyed, userIdentity=session("12345", userAgent=None), **later)
    yield record("ConsoleLogin", "signin", **later)
    yield record("Foo", "bar", requestParameters={"a": [1, 2.50, None, "é\n"]}, **later)
    scope = {"issuerType": "AWS::Lambda::Function", "credentialsIssuedTo": "arn:aws:lambda:eu-west-1:1:function:f"}
    yield record("ListBuckets", userIdentity=session("other", inScopeOf=scope), **later)
    yield record("Decrypt", "kms", userIdentity={"type": "Root", "arn": "arn:aws:iam::123456789012:root"}, **later)
    yield record("ListUsers", "iam", userIdentity={"type": "IAMUser", "userName": "ann"}, **later)
    yield record("Decrypt", "kms", userIdentity=session(invokedBy="s3.amazonaws.com"), **later)
