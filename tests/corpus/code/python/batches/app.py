import os

import boto3

client = boto3.client("dynamodb")
dynamodb = boto3.resource("dynamodb")
TABLE = os.environ["TABLE"]


def handler(event, context):
    client.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": {}}}], "fixed": []})
    dynamodb.batch_get_item(RequestItems={"a": {"Keys": []}})
    client.execute_statement(Statement=f'SELECT * FROM "{TABLE}" WHERE id = 1')
    client.transact_get_items(TransactItems=[{"Get": {"TableName": name, "Key": {}}} for name in ("x", "y")])
