"""An account as people have them, in moto: a function with all that may hang on it, and resources with policies."""

from __future__ import annotations

import io
import json
import os
import zipfile
from functools import cache
from typing import Any

from execution.sessions import REGION, session

ACCOUNT = "123456789012"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/app/photos-role"
FUNCTION_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:photos"
OWN_ARN = f"arn:aws:iam::{ACCOUNT}:policy/own"
SHARED_ARN = f"arn:aws:iam::{ACCOUNT}:policy/shared"
SECRET_VALUE = "hunter2-never-shown"

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def allow(action: str, resource: str = "*", **more: Any) -> str:
    """A policy of one statement."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def client(service: str) -> Any:
    """A client of our own, apart from those under test."""
    return _client(service, os.environ.get("AWS_ENDPOINT_URL"))


@cache
def _client(service: str, endpoint: str | None) -> Any:
    """The client of a service: to create it takes longer than what it is used for."""
    return session("testing", "testing").client(service, endpoint_url=endpoint)


def deploy() -> None:
    """The function `photos` with its role, alias, permissions, queue, destinations, URL and tags."""
    deploy_role()
    deploy_function("photos", ROLE_ARN)
    aws = client("lambda")
    version = aws.publish_version(FunctionName="photos")["Version"]
    aws.create_alias(FunctionName="photos", Name="live", FunctionVersion=version)
    aws.add_permission(
        FunctionName="photos",
        StatementId="bucket",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn="arn:aws:s3:::images",
        SourceAccount=ACCOUNT,
    )
    aws.create_function_url_config(FunctionName="photos", AuthType="AWS_IAM")
    queue = client("sqs").create_queue(QueueName="work")["QueueUrl"]
    client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": allow("sqs:SendMessage", Principal="*")})
    source = f"arn:aws:sqs:{REGION}:{ACCOUNT}:work"
    aws.create_event_source_mapping(FunctionName="photos", EventSourceArn=source, BatchSize=1)
    failed = {"OnFailure": {"Destination": source}}
    aws.put_function_event_invoke_config(FunctionName="photos", DestinationConfig=failed)


def deploy_role(name: str = "photos-role") -> None:
    """A role with an inline policy, two of the customer's, a boundary and a tag."""
    iam = client("iam")
    if not iam.list_policies(Scope="Local")["Policies"]:
        iam.create_policy(PolicyName="own", PolicyDocument=allow("dynamodb:GetItem"))
        iam.create_policy(PolicyName="shared", PolicyDocument=allow("logs:*"))
    iam.create_role(
        RoleName=name,
        Path="/app/",
        AssumeRolePolicyDocument=json.dumps(TRUST),
        PermissionsBoundary=OWN_ARN,
        Tags=[{"Key": "team", "Value": "photo"}],
    )
    iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=allow("s3:PutObject"))
    iam.attach_role_policy(RoleName=name, PolicyArn=SHARED_ARN)
    iam.attach_role_policy(RoleName=name, PolicyArn=OWN_ARN)


def deploy_function(name: str, role: str) -> None:
    """A function with a variable whose value nobody is to see."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as file:
        file.writestr("handler.py", "def handler(event, context): ...")
    client("lambda").create_function(
        FunctionName=name,
        Role=role,
        Runtime="python3.12",
        Handler="handler.handler",
        Code={"ZipFile": code.getvalue()},
        Environment={"Variables": {"TOKEN": SECRET_VALUE, "BUCKET": SECRET_VALUE}},
        TracingConfig={"Mode": "Active"},
        Tags={"owner": "photo"},
    )


def deploy_resources() -> tuple[str, ...]:
    """A bucket, key (by its alias), topic, secret and table with policies; their ARNs and that of the queue."""
    client("s3").create_bucket(Bucket="images", CreateBucketConfiguration={"LocationConstraint": REGION})
    bucket = allow("s3:GetObject", "arn:aws:s3:::images/*", Principal="*")
    client("s3").put_bucket_policy(Bucket="images", Policy=bucket)
    key = client("kms").create_key(Policy=allow("kms:*", Principal="*"))["KeyMetadata"]["KeyId"]
    client("kms").create_alias(AliasName="alias/photos", TargetKeyId=key)
    topic = client("sns").create_topic(Name="news")["TopicArn"]
    secret = client("secretsmanager").create_secret(Name="token", SecretString=SECRET_VALUE)["ARN"]
    policy = allow("secretsmanager:GetSecretValue", Principal="*")
    client("secretsmanager").put_resource_policy(SecretId=secret, ResourcePolicy=policy)
    table = client("dynamodb").create_table(
        TableName="exif",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )["TableDescription"]["TableArn"]
    client("dynamodb").put_resource_policy(ResourceArn=table, Policy=allow("dynamodb:GetItem", table, Principal="*"))
    here = f"{REGION}:{ACCOUNT}"
    return (
        "arn:aws:s3:::images",
        f"arn:aws:kms:{here}:alias/photos",
        f"arn:aws:sqs:{here}:work",
        topic,
        secret,
        table,
        FUNCTION_ARN,
    )
