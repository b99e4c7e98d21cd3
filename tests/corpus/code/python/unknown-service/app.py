import os

import boto3


def handler(event, context):
    client = boto3.client(os.environ["SERVICE"])
    client.get_secret_value(SecretId="s")
    client.list_tags_for_resource(ResourceARN="arn")
