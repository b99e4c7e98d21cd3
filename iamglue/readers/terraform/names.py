"""What references to Terraform's resources stand for: names and ARNs, from the arguments that name them.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from iamglue.policy.patterns.variables import ACCOUNT, PARTITION, REGION
from iamglue.readers.terraform.templates import hole

_INDEX = re.compile(r"\[[^\]]*\]")
_HERE = f"{REGION}:{ACCOUNT}"


@dataclass(frozen=True, slots=True)
class Named:
    """The argument that names a resource, its ARN after the partition, and the attributes that give name and ARN."""

    argument: str
    arn: str
    names: tuple[str, ...] = ("name", "id")
    arns: tuple[str, ...] = ("arn",)


NAMED: dict[str, Named] = {
    "aws_cloudwatch_event_bus": Named("name", f"events:{_HERE}:event-bus/{{}}"),
    "aws_cloudwatch_log_group": Named("name", f"logs:{_HERE}:log-group:{{}}"),
    "aws_dynamodb_table": Named("name", f"dynamodb:{_HERE}:table/{{}}"),
    "aws_iam_policy": Named("name", f"iam::{ACCOUNT}:policy/{{}}", ("name",), ("arn", "id")),
    "aws_iam_role": Named("name", f"iam::{ACCOUNT}:role/{{}}"),
    "aws_kinesis_firehose_delivery_stream": Named("name", f"firehose:{_HERE}:deliverystream/{{}}", ("name",)),
    "aws_kinesis_stream": Named("name", f"kinesis:{_HERE}:stream/{{}}", ("name",), ("arn", "id")),
    "aws_lambda_function": Named(
        "function_name", f"lambda:{_HERE}:function:{{}}", ("function_name", "id"), ("arn", "qualified_arn")
    ),
    "aws_s3_bucket": Named("bucket", "s3:::{}", ("bucket", "id")),
    "aws_secretsmanager_secret": Named("name", f"secretsmanager:{_HERE}:secret:{{}}-??????", ("name",), ("arn", "id")),
    "aws_sfn_state_machine": Named("name", f"states:{_HERE}:stateMachine:{{}}", ("name",), ("arn", "id")),
    "aws_sns_topic": Named("name", f"sns:{_HERE}:{{}}", ("name",), ("arn", "id")),
    "aws_sqs_queue": Named("name", f"sqs:{_HERE}:{{}}", ("name",)),
}


def plain_address(address: str) -> str:
    """An address without the indexes that `count` and `for_each` give it."""
    return _INDEX.sub("", address)


def key(address: str, attribute: str) -> str:
    """The name of the parameter that stands for an attribute in texts."""
    return hole(f"{address}.{attribute}")[2:-1]


def resource_names(resources: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """What the parameters stand for; the resources are given as address, type and name, if it has one."""
    found: dict[str, str] = {}
    for address, kind, name in resources:
        named = NAMED.get(kind)
        if named is None:
            continue
        text = name or f"${{{key(address, named.names[0])}}}"
        for each in dict.fromkeys((address, plain_address(address))):
            attributes = {attribute: f"arn:{PARTITION}:{named.arn.replace('{}', text)}" for attribute in named.arns}
            attributes |= dict.fromkeys(named.names, text)
            for attribute, value in attributes.items():
                if value != f"${{{key(each, attribute)}}}":
                    found.setdefault(key(each, attribute), value)
        if kind == "aws_dynamodb_table":
            stream = f"arn:{PARTITION}:{named.arn.replace('{}', text)}/stream/${{{key(address, 'stream_label')}}}"
            found.setdefault(key(plain_address(address), "stream_arn"), stream)
    return found
