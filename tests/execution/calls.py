"""What AWS's services ask IAM for each call that the examples make: the harness's own table, not iamglue's.

From the service authorization reference (https://docs.aws.amazon.com/service-authorization/latest/reference/) and the
pages named beside the rows. A call without a row is an error of the test, never allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from execution.sessions import REGION, session
from support.judge import Request

ACCOUNT = "123456789012"
Parameters = Mapping[str, Any]


def requests(service: str, operation: str, parameters: Parameters) -> list[Request]:
    """The requests that IAM must allow for one call."""
    return CALLS[f"{service}.{operation}"](parameters)


def arn(service: str, resource: str) -> str:
    """An ARN of the examples' account and Region."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def _object(action: str) -> Callable[[Parameters], list[Request]]:
    return lambda p: [Request(action, f"arn:aws:s3:::{p['Bucket']}/{p['Key']}")]


def _get_object(p: Parameters) -> list[Request]:
    return _object("s3:GetObjectVersion" if "VersionId" in p else "s3:GetObject")(p)


def _put_object(p: Parameters) -> list[Request]:
    """S3 asks KMS on the caller's behalf: AmazonS3/latest/userguide/UsingKMSEncryption.html."""
    asked = _object("s3:PutObject")(p)
    if p.get("ServerSideEncryption") == "aws:kms" and "SSEKMSKeyId" in p:
        key = p["SSEKMSKeyId"] if p["SSEKMSKeyId"].startswith("arn:") else arn("kms", f"key/{p['SSEKMSKeyId']}")
        asked.append(Request("kms:GenerateDataKey", key, {"kms:ViaService": [f"s3.{REGION}.amazonaws.com"]}))
    return asked


def _bucket(p: Parameters) -> list[Request]:
    return [Request("s3:ListBucket", f"arn:aws:s3:::{p['Bucket']}", {"s3:prefix": [p.get("Prefix", "")]})]


def _table(action: str) -> Callable[[Parameters], list[Request]]:
    return lambda p: [Request(action, arn("dynamodb", f"table/{p['TableName']}"))]


def _query(p: Parameters) -> list[Request]:
    """An index is asked for by itself, with the partition key's value: dynamodb's specifying-conditions.html."""
    index = f"/index/{p['IndexName']}" if "IndexName" in p else ""
    (placeholder,) = re.findall(r"=\s*(:\w+)", p["KeyConditionExpression"])
    leading = list(p["ExpressionAttributeValues"][placeholder].values())
    keys = {"dynamodb:LeadingKeys": leading}
    return [Request("dynamodb:Query", arn("dynamodb", f"table/{p['TableName']}{index}"), keys)]


def _queue(action: str) -> Callable[[Parameters], list[Request]]:
    return lambda p: [Request(action, arn("sqs", p["QueueUrl"].rpartition("/")[2]))]


def _log(action: str) -> Callable[[Parameters], list[Request]]:
    """All three are asked for on a log stream, CreateLogGroup on the nameless one."""
    return lambda p: [
        Request(action, arn("logs", f"log-group:{p['logGroupName']}:log-stream:{p.get('logStreamName', '')}"))
    ]


def _secret(p: Parameters) -> list[Request]:
    """A name is looked up first: the ARN that is judged ends in six letters that Secrets Manager chose."""
    secrets = session().client("secretsmanager")
    return [Request("secretsmanager:GetSecretValue", secrets.describe_secret(SecretId=p["SecretId"])["ARN"])]


def _create_interface(p: Parameters) -> list[Request]:
    resources = [arn("ec2", "network-interface/*"), arn("ec2", f"subnet/{p['SubnetId']}")]
    return [Request("ec2:CreateNetworkInterface", resource) for resource in resources]


def _interface(action: str) -> Callable[[Parameters], list[Request]]:
    return lambda p: [Request(action, arn("ec2", f"network-interface/{p['NetworkInterfaceId']}"))]


def _named(action: str, parameter: str) -> Callable[[Parameters], list[Request]]:
    return lambda p: [Request(action, p[parameter])]


def _anything(action: str) -> Callable[[Parameters], list[Request]]:
    return lambda _: [Request(action, "*")]


def _metrics(p: Parameters) -> list[Request]:
    return [Request("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": [p["Namespace"]]})]


CALLS: dict[str, Callable[[Parameters], list[Request]]] = {
    "s3.GetObject": _get_object,
    "s3.PutObject": _put_object,
    "s3.DeleteObject": _object("s3:DeleteObject"),
    "s3.ListObjectsV2": _bucket,
    "dynamodb.PutItem": _table("dynamodb:PutItem"),
    "dynamodb.GetItem": _table("dynamodb:GetItem"),
    "dynamodb.DeleteItem": _table("dynamodb:DeleteItem"),
    "dynamodb.Scan": _table("dynamodb:Scan"),
    "dynamodb.Query": _query,
    "sqs.ReceiveMessage": _queue("sqs:ReceiveMessage"),
    "sqs.GetQueueAttributes": _queue("sqs:GetQueueAttributes"),
    "sqs.DeleteMessage": _queue("sqs:DeleteMessage"),
    "sqs.DeleteMessageBatch": _queue("sqs:DeleteMessage"),
    "sqs.SendMessage": _queue("sqs:SendMessage"),
    "sqs.PurgeQueue": _queue("sqs:PurgeQueue"),
    "kms.GenerateDataKey": _named("kms:GenerateDataKey", "KeyId"),
    "logs.CreateLogGroup": _log("logs:CreateLogGroup"),
    "logs.CreateLogStream": _log("logs:CreateLogStream"),
    "logs.PutLogEvents": _log("logs:PutLogEvents"),
    "secretsmanager.GetSecretValue": _secret,
    "sns.Publish": _named("sns:Publish", "TopicArn"),
    "stepfunctions.StartExecution": _named("states:StartExecution", "stateMachineArn"),
    "stepfunctions.DescribeStateMachine": _named("states:DescribeStateMachine", "stateMachineArn"),
    "cloudwatch.PutMetricData": _metrics,
    "ec2.CreateNetworkInterface": _create_interface,
    "ec2.DeleteNetworkInterface": _interface("ec2:DeleteNetworkInterface"),
    "ec2.AssignPrivateIpAddresses": _interface("ec2:AssignPrivateIpAddresses"),
    "ec2.UnassignPrivateIpAddresses": _interface("ec2:UnassignPrivateIpAddresses"),
    "ec2.DescribeNetworkInterfaces": _anything("ec2:DescribeNetworkInterfaces"),
    "ec2.DescribeSubnets": _anything("ec2:DescribeSubnets"),
}
