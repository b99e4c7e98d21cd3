import json
import os

import boto3

CONFIG = json.loads(os.environ["CONFIG"])


def handler(event, context):
    boto3.client("s3").get_object(Bucket=CONFIG["bucket"], Key=CONFIG.get("key", "k"))
