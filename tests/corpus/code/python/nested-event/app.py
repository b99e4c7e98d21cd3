import json

import boto3

s3 = boto3.client("s3")


def handler(event, context):
    message = json.loads(event["Records"][0]["Sns"]["Message"])
    for record in message["Records"]:
        place = record["s3"]
        s3.get_object(Bucket=place["bucket"]["name"], Key=place["object"]["key"])
    detail = event.get("detail", {})
    s3.head_object(Bucket=detail.get("bucket", {}).get("name"), Key="k")
