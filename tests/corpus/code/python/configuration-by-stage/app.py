import os

import boto3

CONFIG = {"dev": {"bucket": "dev-files"}, "prod": {"bucket": "prod-files"}}
STAGE = os.environ["STAGE"]


def handler(event, context):
    settings = CONFIG[STAGE]
    boto3.client("s3").get_object(Bucket=settings["bucket"], Key="k")
    boto3.client("s3").put_object(Bucket=CONFIG["dev"]["bucket"], Key="k")
