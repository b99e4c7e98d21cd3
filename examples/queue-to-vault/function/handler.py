"""Lambda's entry point: each message of the queue, or each order of a replay, becomes one encrypted object."""

from __future__ import annotations

import os
from typing import Any

import boto3
import orders

S3 = boto3.client("s3")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """File what a queue delivers or a replay sends.

    For a queue the answer names the messages to deliver again (the mapping has ReportBatchItemFailures on):
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    A replay, `{"orders": [...]}`, is invoked asynchronously; it raises, and ends in the dead-letter queue.
    """
    if "Records" not in event:
        for order in event["orders"]:
            _file(order)
        return {}
    return {"batchItemFailures": [{"itemIdentifier": m["messageId"]} for m in event["Records"] if not _filed(m)]}


def _filed(message: dict[str, Any]) -> bool:
    try:
        _file(orders.parse(message["body"]))
    except orders.BadOrderError as error:
        print(f"message {message['messageId']}: {error}")  # noqa: T201 - Lambda sends stdout to the function's log
        return False
    return True


def _file(order: dict[str, Any]) -> None:
    key, body = orders.document(order)
    S3.put_object(
        Bucket=os.environ["VAULT"],
        Key=key,
        Body=body,
        ContentType="application/json",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=os.environ["VAULT_KEY"],
    )
