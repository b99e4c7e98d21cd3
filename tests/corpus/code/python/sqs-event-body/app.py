import json
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["ORDERS"])


def parse(record):
    return json.loads(record["body"])


def handler(event, context):
    for record in event.get("Records", []):
        order = parse(record)
        table.update_item(Key={"id": order["id"]}, UpdateExpression="SET a = :a")
