import json
from urllib.parse import unquote_plus

import boto3

s3 = boto3.client("s3")


def lambda_handler(event, context):
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        key = unquote_plus(record["s3"]["object"]["key"].replace("+", " "), encoding="utf-8")
        body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        data = json.loads(body.decode("utf-8"))
        if data.get("copy"):
            s3.copy_object(Bucket="archive", Key=f"in/{key}", CopySource={"Bucket": bucket, "Key": key})
