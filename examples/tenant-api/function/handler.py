"""Lambda's entry point behind API Gateway: the tenant's orders, a page at a time, to whoever signed the request."""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Any

import boto3
import pages
from boto3.dynamodb.conditions import Key

ORDERS = boto3.resource("dynamodb").Table(os.environ["TABLE"])
SECRETS = boto3.client("secretsmanager")
TOPIC = boto3.client("sns")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer a REST API's proxy event: 200 and a page of orders, or 403."""
    tenant, wanted = os.environ["TENANT"], event.get("queryStringParameters") or {}
    if not pages.signed(signing_key(), event["path"], wanted, pages.signature(event)):
        return {"statusCode": 403, "body": json.dumps({"message": "the signature is wrong"})}
    query = {"IndexName": "by-tenant", "KeyConditionExpression": Key("tenant").eq(tenant), "Limit": pages.SIZE}
    start = {"ExclusiveStartKey": pages.start(wanted["from"])} if "from" in wanted else {}
    page = ORDERS.query(**query, **start)
    TOPIC.publish(TopicArn=os.environ["VIEWS_TOPIC"], Message=json.dumps({"tenant": tenant, "count": page["Count"]}))
    return {"statusCode": 200, "body": pages.body(page["Items"], page.get("LastEvaluatedKey"))}


@cache
def signing_key() -> str:
    """The key, read once in the life of an execution environment and only when a request comes."""
    text: str = SECRETS.get_secret_value(SecretId=os.environ["SIGNING_KEY"])["SecretString"]
    return text
