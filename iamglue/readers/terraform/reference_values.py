"""The values of references to Terraform resources: names and ARNs, from the arguments that name the resources.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER, PARTITION_PARAMETER, REGION_PARAMETER
from iamglue.readers.terraform.string_templates import unresolved_parameter

_INDEX = re.compile(r"\[[^\]]*\]")
_REGION_AND_ACCOUNT = f"{REGION_PARAMETER}:{ACCOUNT_PARAMETER}"


@dataclass(frozen=True, slots=True)
class TerraformNaming:
    """How a resource type is named: the name argument, the ARN after the partition, the attributes for name and ARN."""

    argument: str
    arn: str
    names: tuple[str, ...] = ("name", "id")
    arns: tuple[str, ...] = ("arn",)


NAMING_BY_TYPE: dict[str, TerraformNaming] = {
    "aws_cloudwatch_event_bus": TerraformNaming("name", f"events:{_REGION_AND_ACCOUNT}:event-bus/{{}}"),
    "aws_cloudwatch_log_group": TerraformNaming("name", f"logs:{_REGION_AND_ACCOUNT}:log-group:{{}}"),
    "aws_dynamodb_table": TerraformNaming("name", f"dynamodb:{_REGION_AND_ACCOUNT}:table/{{}}"),
    "aws_iam_policy": TerraformNaming("name", f"iam::{ACCOUNT_PARAMETER}:policy/{{}}", ("name",), ("arn", "id")),
    "aws_iam_role": TerraformNaming("name", f"iam::{ACCOUNT_PARAMETER}:role/{{}}"),
    "aws_kinesis_firehose_delivery_stream": TerraformNaming(
        "name", f"firehose:{_REGION_AND_ACCOUNT}:deliverystream/{{}}", ("name",)
    ),
    "aws_kinesis_stream": TerraformNaming(
        "name", f"kinesis:{_REGION_AND_ACCOUNT}:stream/{{}}", ("name",), ("arn", "id")
    ),
    "aws_lambda_function": TerraformNaming(
        "function_name",
        f"lambda:{_REGION_AND_ACCOUNT}:function:{{}}",
        ("function_name", "id"),
        ("arn", "qualified_arn"),
    ),
    "aws_s3_bucket": TerraformNaming("bucket", "s3:::{}", ("bucket", "id")),
    "aws_secretsmanager_secret": TerraformNaming(
        "name", f"secretsmanager:{_REGION_AND_ACCOUNT}:secret:{{}}-??????", ("name",), ("arn", "id")
    ),
    "aws_sfn_state_machine": TerraformNaming(
        "name", f"states:{_REGION_AND_ACCOUNT}:stateMachine:{{}}", ("name",), ("arn", "id")
    ),
    "aws_sns_topic": TerraformNaming("name", f"sns:{_REGION_AND_ACCOUNT}:{{}}", ("name",), ("arn", "id")),
    "aws_sqs_queue": TerraformNaming("name", f"sqs:{_REGION_AND_ACCOUNT}:{{}}", ("name",)),
}


def address_without_index(address: str) -> str:
    """An address without the indexes of `count` and `for_each`."""
    return _INDEX.sub("", address)


def attribute_parameter(address: str, attribute: str) -> str:
    """The name of the parameter that represents an attribute in texts."""
    return unresolved_parameter(f"{address}.{attribute}")[2:-1]


def reference_values(resources: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """The values of the parameters; `resources` are address, type and name (empty if it is not known)."""
    values: dict[str, str] = {}
    for address, kind, name in resources:
        naming = NAMING_BY_TYPE.get(kind)
        if naming is None:
            continue
        text = name or f"${{{attribute_parameter(address, naming.names[0])}}}"
        for resource_address in dict.fromkeys((address, address_without_index(address))):
            attributes = {
                attribute: f"arn:{PARTITION_PARAMETER}:{naming.arn.replace('{}', text)}" for attribute in naming.arns
            }
            attributes |= dict.fromkeys(naming.names, text)
            for attribute, value in attributes.items():
                if value != f"${{{attribute_parameter(resource_address, attribute)}}}":
                    values.setdefault(attribute_parameter(resource_address, attribute), value)
        if kind == "aws_dynamodb_table":
            label = f"${{{attribute_parameter(address, 'stream_label')}}}"
            stream = f"arn:{PARTITION_PARAMETER}:{naming.arn.replace('{}', text)}/stream/{label}"
            values.setdefault(attribute_parameter(address_without_index(address), "stream_arn"), stream)
    return values
