import os

import boto3

s3 = boto3.client("s3")


def handler(event, context):
    name = f"{os.environ['STAGE']}-Orders"
    s3.get_object(Bucket=name.lower(), Key="k")
    s3.put_object(Bucket=name.casefold(), Key="k")
    s3.head_object(Bucket=name.upper(), Key="k")
    s3.delete_object(Bucket=name.title(), Key="k")
    s3.head_bucket(Bucket=os.environ["BUCKET"].lower())
