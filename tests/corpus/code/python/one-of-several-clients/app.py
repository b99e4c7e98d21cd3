import boto3

CLIENTS = {"s3": boto3.client("s3"), "sqs": boto3.client("sqs")}


def handler(event, context):
    client = CLIENTS.get(event["kind"])
    client.list_queues()
    boto3.client("s3").no_such_method(Bucket="b")
