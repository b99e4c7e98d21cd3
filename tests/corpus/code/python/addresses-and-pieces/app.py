from urllib.parse import urlparse

import boto3

s3 = boto3.client("s3")


def handler(event, context):
    bucket, key = "s3://photos/2024/a.png".replace("s3://", "").split("/", 1)
    s3.get_object(Bucket=bucket, Key=key)
    place = urlparse(event["uri"])
    s3.head_object(Bucket=place.netloc, Key=place.path.lstrip("/"))
    fixed = urlparse("s3://fixed/key/x")
    s3.delete_object(Bucket=fixed.netloc, Key=fixed.path.lstrip("/"))
