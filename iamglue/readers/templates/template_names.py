"""What references to a template's resources stand for: names and ARNs, from the properties that name them.

Return values: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from iamglue.policy.parsed_policy import Settings
from iamglue.policy.patterns.variables import ACCOUNT, PARTITION, REGION


@dataclass(frozen=True, slots=True)
class Named:
    """How a type of resource is named: the property, the ARN after its partition, and what `Ref` gives.

    `attributes` are those that give the ARN.
    """

    property: str
    arn: str
    ref: str = "name"
    attributes: tuple[str, ...] = ("Arn",)


_HERE = f"{REGION}:{ACCOUNT}"
_FUNCTION = Named("FunctionName", f"lambda:{_HERE}:function:{{}}")
_TABLE = Named("TableName", f"dynamodb:{_HERE}:table/{{}}")
_MACHINE = f"states:{_HERE}:stateMachine:{{}}"
NAMED: dict[str, Named] = {
    "AWS::Cognito::UserPool": Named("", f"cognito-idp:{_HERE}:userpool/{{}}"),
    "AWS::DynamoDB::GlobalTable": _TABLE,
    "AWS::DynamoDB::Table": _TABLE,
    "AWS::Events::EventBus": Named("Name", f"events:{_HERE}:event-bus/{{}}"),
    "AWS::Events::Rule": Named("Name", f"events:{_HERE}:rule/{{}}"),
    "AWS::IAM::ManagedPolicy": Named("ManagedPolicyName", f"iam::{ACCOUNT}:policy/{{}}", "arn", ("PolicyArn",)),
    "AWS::IAM::Role": Named("RoleName", f"iam::{ACCOUNT}:role/{{}}"),
    "AWS::IoT::TopicRule": Named("RuleName", f"iot:{_HERE}:rule/{{}}"),
    "AWS::KMS::Key": Named("", f"kms:{_HERE}:key/{{}}"),
    "AWS::Kinesis::Stream": Named("Name", f"kinesis:{_HERE}:stream/{{}}"),
    "AWS::KinesisFirehose::DeliveryStream": Named("DeliveryStreamName", f"firehose:{_HERE}:deliverystream/{{}}"),
    "AWS::Lambda::Function": _FUNCTION,
    "AWS::Logs::LogGroup": Named("LogGroupName", f"logs:{_HERE}:log-group:{{}}:*"),
    "AWS::S3::Bucket": Named("BucketName", "s3:::{}"),
    "AWS::SNS::Topic": Named("TopicName", f"sns:{_HERE}:{{}}", "arn", ("TopicArn", "Arn")),
    "AWS::SQS::Queue": Named("QueueName", f"sqs:{_HERE}:{{}}", ""),
    "AWS::SecretsManager::Secret": Named("Name", f"secretsmanager:{_HERE}:secret:{{}}-??????", "arn", ("Id",)),
    "AWS::Serverless::Function": _FUNCTION,
    "AWS::Serverless::SimpleTable": _TABLE,
    "AWS::Serverless::StateMachine": Named("Name", _MACHINE, "arn"),
    "AWS::StepFunctions::StateMachine": Named("StateMachineName", _MACHINE, "arn"),
}
_GIVEN = (
    ("AWS::Region", ("AWS::Region", "Region")),
    ("AWS::AccountId", ("AWS::AccountId", "Account", "AccountId")),
    ("AWS::Partition", ("AWS::Partition", "Partition")),
)


def given_names(settings: Settings) -> dict[str, str]:
    """What the user gives with `--set`: parameters, and account, Region and partition."""
    found = dict(settings.values)
    for name, called in _GIVEN:
        value = settings.value(*called)
        if value is not None:
            found[name] = value
    return found


def reference_names(resources: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """What `${Id}` and `${IdArn}` stand for; the resources are given as logical id, type and name, if it has one."""
    found: dict[str, str] = {}
    for logical, kind, name in resources:
        named = NAMED.get(kind)
        if named is None:
            continue
        # Where AWS makes up the name, it is that of the reference, and Ref gives it.
        arn = f"arn:{PARTITION}:{named.arn.replace('{}', name or _made_up(logical, named))}"
        for attribute in named.attributes:
            found[f"{logical}{attribute}"] = arn
        if named.ref == "arn":
            found[logical] = arn
        elif named.ref == "name" and name:
            found[logical] = name
        if kind.endswith("Table"):
            found[f"{logical}StreamArn"] = f"{arn}/stream/${{{logical}StreamLabel}}"
    return found


def _made_up(logical: str, named: Named) -> str:
    return f"${{{logical}}}" if named.ref == "name" else f"${{{logical}Name}}"
