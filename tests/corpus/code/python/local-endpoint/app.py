import os

import boto3

if os.environ.get("LOCAL"):
    dynamodb = boto3.resource("dynamodb", endpoint_url="http://localhost:8000")
else:
    dynamodb = boto3.resource("dynamodb")


def handler(event, context):
    dynamodb.Table("t").scan()
    dynamodb.create_table(TableName="new", KeySchema=[]).wait_until_exists()
