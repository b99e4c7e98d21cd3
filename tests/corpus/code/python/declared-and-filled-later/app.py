from typing import Optional

import boto3
from mypy_boto3_s3 import S3Client

_local: S3Client | None = None
_given: Optional[S3Client] = None


class Account:
    session: Optional[boto3.session.Session] = None

    def __init__(self, role: str) -> None:
        self.session = None
        keys = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="reader")["Credentials"]
        self.session = boto3.session.Session(
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )


def local() -> S3Client:
    global _local
    if _local is None:
        _local = boto3.client("s3", endpoint_url="http://localhost:4566")
    return _local


def handler(event, context):
    account = Account("arn:aws:iam::111122223333:role/reader")
    account.session.client("ssm").describe_instance_information()
    local().put_object(Bucket="drafts", Key="k")
    _given.get_object(Bucket="photos", Key="k")
