import boto3
from boto3 import Session
from botocore.credentials import RefreshableCredentials
from botocore.session import get_session

ROLE = "arn:aws:iam::111122223333:role/reader"


def refresh():
    keys = boto3.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="x")["Credentials"]
    return {
        "access_key": keys["AccessKeyId"],
        "secret_key": keys["SecretAccessKey"],
        "token": keys["SessionToken"],
        "expiry_time": keys["Expiration"].isoformat(),
    }


def session():
    credentials = RefreshableCredentials.create_from_metadata(
        metadata=refresh(), refresh_using=refresh, method="sts-assume-role"
    )
    inner = get_session()
    inner._credentials = credentials
    inner.set_config_variable("region", "eu-west-1")
    return Session(botocore_session=inner)


def handler(event, context):
    session().client("s3").list_objects_v2(Bucket="other")
