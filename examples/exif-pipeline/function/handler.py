"""Lambda's entry point: for each new object of the bucket, one item with its EXIF data in the table."""

from __future__ import annotations

import io
import os
from typing import Any
from urllib.parse import unquote_plus

import boto3
import exif

S3 = boto3.client("s3")
TABLE = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event: dict[str, Any], _context: object) -> dict[str, int]:
    """Put an item for each object of an S3 notification that holds EXIF data.

    `Records` is missing from the test event that S3 sends when the notification is set up:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    records = event.get("Records", [])
    stored = sum(_store(record["s3"]) for record in records)
    return {"stored": stored, "skipped": len(records) - stored}


def _store(notice: dict[str, Any]) -> bool:
    bucket, key = notice["bucket"]["name"], unquote_plus(notice["object"]["key"])
    image = S3.get_object(Bucket=bucket, Key=key)["Body"].read()
    data = exif.read(io.BytesIO(image))
    if not data:
        print(f"no EXIF data in s3://{bucket}/{key}")  # noqa: T201 - Lambda sends stdout to the function's log
        return False
    TABLE.put_item(Item=exif.item(bucket, key, data, version=notice["object"].get("versionId")))
    return True
