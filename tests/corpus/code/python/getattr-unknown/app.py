import boto3


def handler(event, context):
    client = boto3.client("events")
    getattr(client, event["method"])(Name="nightly")
