from names import *

import boto3


def handler(event, context):
    print(len(event))
    return boto3.client("s3").get_object(Bucket=BUCKET, Key="k")
