"""The values of references to a template's resources: names and ARNs, from the properties that name the resources.

Return values: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER, PARTITION_PARAMETER, REGION_PARAMETER


@dataclass(frozen=True, slots=True)
class CloudFormationNaming:
    """How a resource type is named: the name property, the ARN after the partition, and the value of `Ref`.

    `attributes` are the attributes of Fn::GetAtt whose value is the ARN.
    """

    property: str
    arn: str
    ref: str = "name"
    attributes: tuple[str, ...] = ("Arn",)


_REGION_AND_ACCOUNT = f"{REGION_PARAMETER}:{ACCOUNT_PARAMETER}"
_FUNCTION = CloudFormationNaming("FunctionName", f"lambda:{_REGION_AND_ACCOUNT}:function:{{}}")
_TABLE = CloudFormationNaming("TableName", f"dynamodb:{_REGION_AND_ACCOUNT}:table/{{}}")
_MACHINE = f"states:{_REGION_AND_ACCOUNT}:stateMachine:{{}}"
NAMING_BY_TYPE: dict[str, CloudFormationNaming] = {
    "AWS::Cognito::UserPool": CloudFormationNaming("", f"cognito-idp:{_REGION_AND_ACCOUNT}:userpool/{{}}"),
    "AWS::DynamoDB::GlobalTable": _TABLE,
    "AWS::DynamoDB::Table": _TABLE,
    "AWS::Events::EventBus": CloudFormationNaming("Name", f"events:{_REGION_AND_ACCOUNT}:event-bus/{{}}"),
    "AWS::Events::Rule": CloudFormationNaming("Name", f"events:{_REGION_AND_ACCOUNT}:rule/{{}}"),
    "AWS::IAM::ManagedPolicy": CloudFormationNaming(
        "ManagedPolicyName", f"iam::{ACCOUNT_PARAMETER}:policy/{{}}", "arn", ("PolicyArn",)
    ),
    "AWS::IAM::Role": CloudFormationNaming("RoleName", f"iam::{ACCOUNT_PARAMETER}:role/{{}}"),
    "AWS::IoT::TopicRule": CloudFormationNaming("RuleName", f"iot:{_REGION_AND_ACCOUNT}:rule/{{}}"),
    "AWS::KMS::Key": CloudFormationNaming("", f"kms:{_REGION_AND_ACCOUNT}:key/{{}}"),
    "AWS::Kinesis::Stream": CloudFormationNaming("Name", f"kinesis:{_REGION_AND_ACCOUNT}:stream/{{}}"),
    "AWS::KinesisFirehose::DeliveryStream": CloudFormationNaming(
        "DeliveryStreamName", f"firehose:{_REGION_AND_ACCOUNT}:deliverystream/{{}}"
    ),
    "AWS::Lambda::Function": _FUNCTION,
    "AWS::Logs::LogGroup": CloudFormationNaming("LogGroupName", f"logs:{_REGION_AND_ACCOUNT}:log-group:{{}}:*"),
    "AWS::S3::Bucket": CloudFormationNaming("BucketName", "s3:::{}"),
    "AWS::SNS::Topic": CloudFormationNaming("TopicName", f"sns:{_REGION_AND_ACCOUNT}:{{}}", "arn", ("TopicArn", "Arn")),
    "AWS::SQS::Queue": CloudFormationNaming("QueueName", f"sqs:{_REGION_AND_ACCOUNT}:{{}}", ""),
    "AWS::SecretsManager::Secret": CloudFormationNaming(
        "Name", f"secretsmanager:{_REGION_AND_ACCOUNT}:secret:{{}}-??????", "arn", ("Id",)
    ),
    "AWS::Serverless::Function": _FUNCTION,
    "AWS::Serverless::SimpleTable": _TABLE,
    "AWS::Serverless::StateMachine": CloudFormationNaming("Name", _MACHINE, "arn"),
    "AWS::StepFunctions::StateMachine": CloudFormationNaming("StateMachineName", _MACHINE, "arn"),
}
_SET_OPTION_NAMES = (
    ("AWS::Region", ("AWS::Region", "Region")),
    ("AWS::AccountId", ("AWS::AccountId", "Account", "AccountId")),
    ("AWS::Partition", ("AWS::Partition", "Partition")),
)


def set_option_values(settings: ParameterValues) -> dict[str, str]:
    """The values of the `--set` options: parameters, account, Region and partition."""
    values = dict(settings.values)
    for name, option_names in _SET_OPTION_NAMES:
        value = settings.value(*option_names)
        if value is not None:
            values[name] = value
    return values


def reference_values(resources: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """The values of `${Id}` and `${Id.Arn}`; `resources` are logical ID, type and name (empty if AWS generates it)."""
    values: dict[str, str] = {}
    for logical_id, kind, name in resources:
        naming = NAMING_BY_TYPE.get(kind)
        if naming is None:
            continue
        # If AWS generates the name, the reference itself is the name, and Ref returns it.
        arn = f"arn:{PARTITION_PARAMETER}:{naming.arn.replace('{}', name or _generated_name(logical_id, naming))}"
        for attribute in naming.attributes:
            values[f"{logical_id}.{attribute}"] = arn
        if naming.ref == "arn":
            values[logical_id] = arn
        elif naming.ref == "name" and name:
            values[logical_id] = name
        if kind.endswith("Table"):
            values[f"{logical_id}.StreamArn"] = f"{arn}/stream/${{{logical_id}.StreamLabel}}"
    return values


def _generated_name(logical_id: str, naming: CloudFormationNaming) -> str:
    return f"${{{logical_id}}}" if naming.ref == "name" else f"${{{logical_id}.Name}}"
