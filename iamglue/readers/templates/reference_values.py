"""What references to a template's resources stand for: names and ARNs, from the properties that name them.

Return values: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER, PARTITION_PARAMETER, REGION_PARAMETER


@dataclass(frozen=True, slots=True)
class CloudFormationNaming:
    """How a type of resource is named: the property, the ARN after its partition, and what `Ref` gives.

    `attributes` are those that give the ARN.
    """

    property: str
    arn: str
    ref: str = "name"
    attributes: tuple[str, ...] = ("Arn",)


_HERE = f"{REGION_PARAMETER}:{ACCOUNT_PARAMETER}"
_FUNCTION = CloudFormationNaming("FunctionName", f"lambda:{_HERE}:function:{{}}")
_TABLE = CloudFormationNaming("TableName", f"dynamodb:{_HERE}:table/{{}}")
_MACHINE = f"states:{_HERE}:stateMachine:{{}}"
NAMING_BY_TYPE: dict[str, CloudFormationNaming] = {
    "AWS::Cognito::UserPool": CloudFormationNaming("", f"cognito-idp:{_HERE}:userpool/{{}}"),
    "AWS::DynamoDB::GlobalTable": _TABLE,
    "AWS::DynamoDB::Table": _TABLE,
    "AWS::Events::EventBus": CloudFormationNaming("Name", f"events:{_HERE}:event-bus/{{}}"),
    "AWS::Events::Rule": CloudFormationNaming("Name", f"events:{_HERE}:rule/{{}}"),
    "AWS::IAM::ManagedPolicy": CloudFormationNaming(
        "ManagedPolicyName", f"iam::{ACCOUNT_PARAMETER}:policy/{{}}", "arn", ("PolicyArn",)
    ),
    "AWS::IAM::Role": CloudFormationNaming("RoleName", f"iam::{ACCOUNT_PARAMETER}:role/{{}}"),
    "AWS::IoT::TopicRule": CloudFormationNaming("RuleName", f"iot:{_HERE}:rule/{{}}"),
    "AWS::KMS::Key": CloudFormationNaming("", f"kms:{_HERE}:key/{{}}"),
    "AWS::Kinesis::Stream": CloudFormationNaming("Name", f"kinesis:{_HERE}:stream/{{}}"),
    "AWS::KinesisFirehose::DeliveryStream": CloudFormationNaming(
        "DeliveryStreamName", f"firehose:{_HERE}:deliverystream/{{}}"
    ),
    "AWS::Lambda::Function": _FUNCTION,
    "AWS::Logs::LogGroup": CloudFormationNaming("LogGroupName", f"logs:{_HERE}:log-group:{{}}:*"),
    "AWS::S3::Bucket": CloudFormationNaming("BucketName", "s3:::{}"),
    "AWS::SNS::Topic": CloudFormationNaming("TopicName", f"sns:{_HERE}:{{}}", "arn", ("TopicArn", "Arn")),
    "AWS::SQS::Queue": CloudFormationNaming("QueueName", f"sqs:{_HERE}:{{}}", ""),
    "AWS::SecretsManager::Secret": CloudFormationNaming(
        "Name", f"secretsmanager:{_HERE}:secret:{{}}-??????", "arn", ("Id",)
    ),
    "AWS::Serverless::Function": _FUNCTION,
    "AWS::Serverless::SimpleTable": _TABLE,
    "AWS::Serverless::StateMachine": CloudFormationNaming("Name", _MACHINE, "arn"),
    "AWS::StepFunctions::StateMachine": CloudFormationNaming("StateMachineName", _MACHINE, "arn"),
}
_GIVEN = (
    ("AWS::Region", ("AWS::Region", "Region")),
    ("AWS::AccountId", ("AWS::AccountId", "Account", "AccountId")),
    ("AWS::Partition", ("AWS::Partition", "Partition")),
)


def set_option_values(settings: ParameterValues) -> dict[str, str]:
    """What the user gives with `--set`: parameters, and account, Region and partition."""
    found = dict(settings.values)
    for name, called in _GIVEN:
        value = settings.value(*called)
        if value is not None:
            found[name] = value
    return found


def reference_values(resources: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """What `${Id}` and `${IdArn}` stand for; the resources are given as logical id, type and name, if it has one."""
    found: dict[str, str] = {}
    for logical, kind, name in resources:
        named = NAMING_BY_TYPE.get(kind)
        if named is None:
            continue
        # Where AWS makes up the name, it is that of the reference, and Ref gives it.
        arn = f"arn:{PARTITION_PARAMETER}:{named.arn.replace('{}', name or _made_up(logical, named))}"
        for attribute in named.attributes:
            found[f"{logical}{attribute}"] = arn
        if named.ref == "arn":
            found[logical] = arn
        elif named.ref == "name" and name:
            found[logical] = name
        if kind.endswith("Table"):
            found[f"{logical}StreamArn"] = f"{arn}/stream/${{{logical}StreamLabel}}"
    return found


def _made_up(logical: str, named: CloudFormationNaming) -> str:
    return f"${{{logical}}}" if named.ref == "name" else f"${{{logical}Name}}"
