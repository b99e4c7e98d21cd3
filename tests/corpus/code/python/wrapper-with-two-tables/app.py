import boto3

client = boto3.client("dynamodb")


def get_item(table, key):
    return client.get_item(TableName=table, Key={"id": {"S": key}})


def handler(event, context):
    get_item("users", event["user"])
    get_item("orders", event["order"])
