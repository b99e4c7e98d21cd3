import b
import boto3

NAME = "first"
client = boto3.client("kinesis")


def handler(event, context):
    b.put("x")
