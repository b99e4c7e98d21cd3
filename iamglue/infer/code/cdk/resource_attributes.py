"""Which CloudFormation resource a construct of the CDK makes, and what its attributes refer to.

Classes and attributes: https://docs.aws.amazon.com/cdk/api/v2/docs/aws-construct-library.html. What `Ref` and
`Fn::GetAtt` give: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from iamglue.infer.code.cdk.cdk_values import Construct, DeploymentValue, PropertyMap, UnknownValue
from iamglue.infer.code.cdk.library_names import camel_case

REF = "Ref"


@dataclass(frozen=True, slots=True)
class CdkResource:
    """The resource of a construct: its type, the properties with its physical name, and its attributes.

    `name` is the construct's property with the physical name, `template_name` the template's. `attributes` give `Ref`
    or the name of an attribute of the template.
    """

    type: str
    name: str
    template_name: str
    attributes: Mapping[str, str] = field(default_factory=dict)


def _resource(kind: str, name: str, template_name: str, **attributes: str) -> CdkResource:
    return CdkResource(f"AWS::{kind}", name, template_name, attributes)


_TABLE = _resource(
    "DynamoDB::Table",
    "tableName",
    "TableName",
    tableName=REF,
    tableArn="Arn",
    tableStreamArn="StreamArn",
)
_FUNCTION = _resource("Lambda::Function", "functionName", "FunctionName", functionName=REF, functionArn="Arn")
_PARAMETER = _resource("SSM::Parameter", "parameterName", "Name", parameterName=REF)
FUNCTION_CLASSES = frozenset(
    {
        "aws_lambda.Function",
        "aws_lambda.SingletonFunction",
        "aws_lambda.DockerImageFunction",
        "aws_lambda_nodejs.NodejsFunction",
        "aws_lambda_python.PythonFunction",
        "aws_lambda_go.GoFunction",
    }
)
RESOURCE_CLASSES: dict[str, CdkResource] = {
    **dict.fromkeys(sorted(FUNCTION_CLASSES), _FUNCTION),
    "aws_s3.Bucket": _resource("S3::Bucket", "bucketName", "BucketName", bucketName=REF, bucketArn="Arn"),
    "aws_dynamodb.Table": _TABLE,
    "aws_dynamodb.TableV2": _TABLE,
    "aws_sqs.Queue": _resource(
        "SQS::Queue", "queueName", "QueueName", queueUrl=REF, queueName="QueueName", queueArn="Arn"
    ),
    "aws_sns.Topic": _resource("SNS::Topic", "topicName", "TopicName", topicArn=REF, topicName="TopicName"),
    "aws_secretsmanager.Secret": _resource(
        "SecretsManager::Secret", "secretName", "Name", secretArn=REF, secretFullArn=REF, secretName=REF
    ),
    "aws_ssm.StringParameter": _PARAMETER,
    "aws_ssm.StringListParameter": _PARAMETER,
    "aws_kinesis.Stream": _resource("Kinesis::Stream", "streamName", "Name", streamName=REF, streamArn="Arn"),
    "aws_kinesisfirehose.DeliveryStream": _resource(
        "KinesisFirehose::DeliveryStream",
        "deliveryStreamName",
        "DeliveryStreamName",
        deliveryStreamName=REF,
        deliveryStreamArn="Arn",
    ),
    "aws_stepfunctions.StateMachine": _resource(
        "StepFunctions::StateMachine",
        "stateMachineName",
        "StateMachineName",
        stateMachineArn=REF,
        stateMachineName="Name",
    ),
    "aws_kms.Key": _resource("KMS::Key", "", "", keyId=REF, keyArn="Arn"),
    "aws_kms.Alias": _resource("KMS::Alias", "aliasName", "AliasName", aliasName=REF),
    "aws_events.EventBus": _resource("Events::EventBus", "eventBusName", "Name", eventBusName=REF, eventBusArn="Arn"),
    "aws_events.Rule": _resource("Events::Rule", "ruleName", "Name", ruleName=REF, ruleArn="Arn"),
    "aws_logs.LogGroup": _resource(
        "Logs::LogGroup", "logGroupName", "LogGroupName", logGroupName=REF, logGroupArn="Arn"
    ),
    "aws_cognito.UserPool": _resource(
        "Cognito::UserPool", "userPoolName", "UserPoolName", userPoolId=REF, userPoolArn="Arn"
    ),
    "aws_cognito.UserPoolClient": _resource("Cognito::UserPoolClient", "", "", userPoolClientId=REF),
    "aws_iam.Role": _resource("IAM::Role", "roleName", "RoleName", roleName=REF, roleArn="Arn"),
    "aws_apigateway.RestApi": _resource("ApiGateway::RestApi", "restApiName", "Name", restApiId=REF),
    "aws_apigateway.LambdaRestApi": _resource("ApiGateway::RestApi", "restApiName", "Name", restApiId=REF),
    "aws_apigatewayv2.HttpApi": _resource("ApiGatewayV2::Api", "apiName", "Name", apiId=REF, httpApiId=REF),
    "aws_apigatewayv2.WebSocketApi": _resource("ApiGatewayV2::Api", "apiName", "Name", apiId=REF),
    "CfnParameter": _resource("CfnParameter", "", "", valueAsString=REF, logicalId=REF),
}
# A resource that another API names: `aws_apigatewayv2_alpha` and the like differ by their module alone.
_LEVEL_ONE, _LEVEL_ONE_ATTRIBUTE = "Cfn", "attr"


def resource_class(name: str) -> CdkResource | None:
    """The resource of a class of the CDK; also of one that is named as the resource type is (`CfnTable`)."""
    known = RESOURCE_CLASSES.get(name)
    module, _, own = name.rpartition(".")
    if known is not None or not own.startswith(_LEVEL_ONE) or not module:
        return known
    own = own.removeprefix(_LEVEL_ONE)
    return next(
        (
            CdkResource(known.type, _first_lower(known.template_name), known.template_name)
            for other, known in RESOURCE_CLASSES.items()
            if other.startswith(f"{module}.") and known.type.endswith(f"::{own}")
        ),
        None,
    )


def property_of(properties: Any, name: str) -> Any:
    """A property of a construct, in the spelling of TypeScript or Python; None if it is not given."""
    if isinstance(properties, UnknownValue):
        return properties
    if not isinstance(properties, PropertyMap):
        return None
    for key, value in properties.members.items():
        if key == name or camel_case(key) == name:
            return value
    return UnknownValue(f"`{name}` may be among properties that are not known") if properties.is_open else None


def attribute_value(construct: Construct, name: str) -> Any:
    """What an attribute of a construct gives; None if the attribute is not one of its resource."""
    if name in construct.given:
        return construct.given[name]
    known = resource_class(construct.name)
    attribute = known.attributes.get(name) if known is not None else None
    if ".Cfn" in construct.name or construct.name.startswith(_LEVEL_ONE):
        if name == "ref":
            attribute = REF
        elif name.startswith(_LEVEL_ONE_ATTRIBUTE):
            attribute = name.removeprefix(_LEVEL_ONE_ATTRIBUTE)
    if attribute is None:
        return None
    if construct.is_outside:
        return UnknownValue(f"`{name}` of a resource outside the app is not known")
    if not construct.path or not construct.path[-1]:
        return UnknownValue(f"the ID of the construct at {construct.place} is not known")
    if attribute == REF:
        return DeploymentValue("Ref", construct.logical_id)
    return DeploymentValue("Fn::GetAtt", (construct.logical_id, attribute))


def _first_lower(text: str) -> str:
    return text[:1].lower() + text[1:]
