import os

import boto3

other = boto3.client("s3", aws_access_key_id=os.environ["PARTNER_KEY"], aws_secret_access_key=os.environ["PARTNER_SECRET"])
own = boto3.client("s3", aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"], aws_secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"])


def handler(event, context):
    other.put_object(Bucket="partner", Key="k")
    own.put_object(Bucket="mine", Key="k")
