import os

import boto3


def credentials(arn):
    response = boto3.client("sts").assume_role(RoleArn=arn, RoleSessionName="copy")
    return response["Credentials"]


def handler(event, context):
    keys = credentials(os.environ["DEST_ROLE"])
    remote = boto3.client(
        "s3",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    remote.put_object(Bucket="remote", Key="k", Body=b"")
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    session.resource("dynamodb").Table("t").scan()
    boto3.client("s3").get_object(Bucket="mine", Key="k")
