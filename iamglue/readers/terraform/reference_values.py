"""What references to Terraform's resources stand for: names and ARNs, from the arguments that name them.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER, PARTITION_PARAMETER, REGION_PARAMETER
from iamglue.readers.terraform.string_templates import unresolved_parameter

_INDEX = re.compile(r"\[[^\]]*\]")
_HERE = f"{REGION_PARAMETER}:{ACCOUNT_PARAMETER}"


@dataclass(frozen=True, slots=True)
class TerraformNaming:
    """The argument that names a resource, its ARN after the partition, and the attributes that give name and ARN."""

    argument: str
    arn: str
    names: tuple[str, ...] = ("name", "id")
    arns: tuple[str, ...] = ("arn",)


NAMING_BY_TYPE: dict[str, TerraformNaming] = {
    "aws_cloudwatch_event_bus": TerraformNaming("name", f"events:{_HERE}:event-bus/{{}}"),
    "aws_cloudwatch_log_group": TerraformNaming("name", f"logs:{_HERE}:log-group:{{}}"),
    "aws_dynamodb_table": TerraformNaming("name", f"dynamodb:{_HERE}:table/{{}}"),
    "aws_iam_policy": TerraformNaming("name", f"iam::{ACCOUNT_PARAMETER}:policy/{{}}", ("name",), ("arn", "id")),
    "aws_iam_role": TerraformNaming("name", f"iam::{ACCOUNT_PARAMETER}:role/{{}}"),
    "aws_kinesis_firehose_delivery_stream": TerraformNaming("name", f"firehose:{_HERE}:deliverystream/{{}}", ("name",)),
    "aws_kinesis_stream": TerraformNaming("name", f"kinesis:{_HERE}:stream/{{}}", ("name",), ("arn", "id")),
    "aws_lambda_function": TerraformNaming(
        "function_name", f"lambda:{_HERE}:function:{{}}", ("function_name", "id"), ("arn", "qualified_arn")
    ),
    "aws_s3_bucket": TerraformNaming("bucket", "s3:::{}", ("bucket", "id")),
    "aws_secretsmanager_secret": TerraformNaming(
        "name", f"secretsmanager:{_HERE}:secret:{{}}-??????", ("name",), ("arn", "id")
    ),
    "aws_sfn_state_machine": TerraformNaming("name", f"states:{_HERE}:stateMachine:{{}}", ("name",), ("arn", "id")),
    "aws_sns_topic": TerraformNaming("name", f"sns:{_HERE}:{{}}", ("name",), ("arn", "id")),
    "aws_sqs_queue": TerraformNaming("name", f"sqs:{_HERE}:{{}}", ("name",)),
}


def address_without_index(address: str) -> str:
    """An address without the indexes that `count` and `for_each` give it."""
    return _INDEX.sub("", address)


def attribute_parameter(address: str, attribute: str) -> str:
    """The name of the parameter that stands for an attribute in texts."""
    return unresolved_parameter(f"{address}.{attribute}")[2:-1]


def reference_values(resources: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """What the parameters stand for; the resources are given as address, type and name, if it has one."""
    found: dict[str, str] = {}
    for address, kind, name in resources:
        named = NAMING_BY_TYPE.get(kind)
        if named is None:
            continue
        text = name or f"${{{attribute_parameter(address, named.names[0])}}}"
        for each in dict.fromkeys((address, address_without_index(address))):
            attributes = {
                attribute: f"arn:{PARTITION_PARAMETER}:{named.arn.replace('{}', text)}" for attribute in named.arns
            }
            attributes |= dict.fromkeys(named.names, text)
            for attribute, value in attributes.items():
                if value != f"${{{attribute_parameter(each, attribute)}}}":
                    found.setdefault(attribute_parameter(each, attribute), value)
        if kind == "aws_dynamodb_table":
            label = f"${{{attribute_parameter(address, 'stream_label')}}}"
            stream = f"arn:{PARTITION_PARAMETER}:{named.arn.replace('{}', text)}/stream/{label}"
            found.setdefault(attribute_parameter(address_without_index(address), "stream_arn"), stream)
    return found
