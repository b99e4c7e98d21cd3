"""Records of CloudTrail as AWS writes them, and files of them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

ACCOUNT, REGION = "123456789012", "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/orders-role"


def session(name: str = "orders", role: str = ROLE, **rest: Any) -> dict[str, Any]:
    """The identity of a session of a role."""
    account, role_name = role.split(":")[4], role.rpartition("/")[2]
    return {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLE:{name}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role_name}/{name}",
        "accountId": account,
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": role, "accountId": account, "userName": role_name}},
        **rest,
    }


def record(name: str, source: str = "s3", **rest: Any) -> dict[str, Any]:
    """A record of a management event, unless `rest` says otherwise."""
    return {
        "eventVersion": "1.11",
        "userIdentity": session(),
        "eventTime": "2026-01-05T10:00:00Z",
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "userAgent": "Boto3/1.40 exec-env/AWS_Lambda_python3.13",
        "requestParameters": None,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        **rest,
    }


def get_object(key: str = "in/a.jpg", bucket: str = "images", **rest: Any) -> dict[str, Any]:
    """A record of a read object, which is a data event."""
    arn = f"arn:aws:s3:::{bucket}"
    resources = [
        {"type": "AWS::S3::Object", "ARN": f"{arn}/{key}"},
        {"accountId": ACCOUNT, "type": "AWS::S3::Bucket", "ARN": arn},
    ]
    parameters = {"bucketName": bucket, "key": key, "Host": "s3.eu-west-1.amazonaws.com"}
    return record("GetObject", requestParameters=parameters, resources=resources, **{"managementEvent": False, **rest})


def create_table(name: str = "orders", **rest: Any) -> dict[str, Any]:
    """A record of a made table."""
    return record("CreateTable", "dynamodb", requestParameters={"tableName": name}, **rest)


def log_file(folder: Path, *records: Any, day: str = "2026/01/05", number: int = 1) -> Path:
    """A log file of a trail, at its place below `folder`."""
    stamp = day.replace("/", "")
    name = f"{ACCOUNT}_CloudTrail_{REGION}_{stamp}T1000Z_{number:016d}.json.gz"
    path = folder / "AWSLogs" / ACCOUNT / "CloudTrail" / REGION / day / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(json.dumps({"Records": list(records)}).encode()))
    return path
