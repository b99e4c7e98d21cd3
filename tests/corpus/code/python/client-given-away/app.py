import boto3
import somelibrary
from aws_xray_sdk.core import patch_all, xray_recorder

patch_all()
client = boto3.client("s3")


def handler(event, context):
    print(client, isinstance(client, object))
    somelibrary.sync(client, "bucket")
