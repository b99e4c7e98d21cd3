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
    """How a resource type is named: the name argument, the ARN after the partition, the attributes for name and ARN.

    With `path`, the ARN has the argument `path` (`/` by default) before the name.
    """

    argument: str
    arn: str
    names: tuple[str, ...] = ("name", "id")
    arns: tuple[str, ...] = ("arn",)
    path: bool = False

    def arn_of(self, name: str, path: str = "/") -> str:
        """The ARN after the partition; the name of a parameter may begin with the slash that is also in its ARN."""
        arn = self.arn.replace("{path}", path if path.startswith("/") else f"/{path}")
        return arn.replace("/{}", f"/{name.removeprefix('/')}").replace("{}", name)


_IAM = f"iam::{ACCOUNT_PARAMETER}"


def _regional(
    argument: str, service: str, resource: str, names: tuple[str, ...], arns: tuple[str, ...] = ("arn",)
) -> TerraformNaming:
    """The naming of a type whose ARNs have a Region and an account."""
    return TerraformNaming(argument, f"{service}:{_REGION_AND_ACCOUNT}:{resource}", names, arns)


_ARN_IS_ID = ("arn", "id")
_ID_ONLY = ("id",)
_NAME_AND_ID = ("name", "id")
NAMING_BY_TYPE: dict[str, TerraformNaming] = {
    "aws_api_gateway_rest_api": _regional("", "execute-api", "{}", _ID_ONLY, ("execution_arn",)),
    "aws_apigatewayv2_api": _regional("", "execute-api", "{}", _ID_ONLY, ("execution_arn",)),
    "aws_appsync_graphql_api": _regional("", "appsync", "apis/{}", _ID_ONLY),
    "aws_athena_workgroup": _regional("name", "athena", "workgroup/{}", _NAME_AND_ID),
    "aws_batch_job_queue": _regional("name", "batch", "job-queue/{}", ("name",), _ARN_IS_ID),
    "aws_cloudformation_stack": _regional("name", "cloudformation", "stack/{}/*", ("name",), ("id",)),
    "aws_cloudwatch_event_bus": _regional("name", "events", "event-bus/{}", _NAME_AND_ID),
    "aws_cloudwatch_log_group": _regional("name", "logs", "log-group:{}", _NAME_AND_ID),
    "aws_codebuild_project": _regional("name", "codebuild", "project/{}", ("name",), _ARN_IS_ID),
    "aws_codecommit_repository": _regional(
        "repository_name", "codecommit", "{}", ("repository_name", "id", "repository_id")
    ),
    "aws_cognito_identity_pool": _regional("", "cognito-identity", "identitypool/{}", _ID_ONLY),
    "aws_cognito_user_pool": _regional("", "cognito-idp", "userpool/{}", _ID_ONLY),
    "aws_dynamodb_table": _regional("name", "dynamodb", "table/{}", _NAME_AND_ID),
    "aws_ecr_repository": _regional("name", "ecr", "repository/{}", _NAME_AND_ID),
    "aws_ecs_cluster": _regional("name", "ecs", "cluster/{}", ("name",), _ARN_IS_ID),
    "aws_efs_file_system": _regional("", "elasticfilesystem", "file-system/{}", _ID_ONLY),
    "aws_glue_job": _regional("name", "glue", "job/{}", _NAME_AND_ID),
    "aws_iam_group": TerraformNaming("name", f"{_IAM}:group{{path}}{{}}", path=True),
    "aws_iam_instance_profile": TerraformNaming("name", f"{_IAM}:instance-profile{{path}}{{}}", path=True),
    "aws_iam_policy": TerraformNaming("name", f"{_IAM}:policy{{path}}{{}}", ("name",), _ARN_IS_ID, path=True),
    "aws_iam_role": TerraformNaming("name", f"{_IAM}:role{{path}}{{}}", path=True),
    "aws_iam_user": TerraformNaming("name", f"{_IAM}:user{{path}}{{}}", path=True),
    "aws_instance": _regional("", "ec2", "instance/{}", _ID_ONLY),
    "aws_kinesis_firehose_delivery_stream": _regional("name", "firehose", "deliverystream/{}", ("name",), _ARN_IS_ID),
    "aws_kinesis_stream": _regional("name", "kinesis", "stream/{}", ("name",), _ARN_IS_ID),
    "aws_kms_key": _regional("", "kms", "key/{}", ("key_id", "id")),
    "aws_lambda_function": _regional("function_name", "lambda", "function:{}", ("function_name", "id")),
    "aws_opensearch_domain": _regional("domain_name", "es", "domain/{}", ("domain_name",), _ARN_IS_ID),
    "aws_s3_bucket": TerraformNaming("bucket", "s3:::{}", ("bucket", "id")),
    "aws_sagemaker_notebook_instance": _regional("name", "sagemaker", "notebook-instance/{}", _NAME_AND_ID),
    "aws_secretsmanager_secret": _regional("name", "secretsmanager", "secret:{}-??????", ("name",), _ARN_IS_ID),
    "aws_sfn_state_machine": _regional("name", "states", "stateMachine:{}", ("name",), _ARN_IS_ID),
    "aws_sns_topic": _regional("name", "sns", "{}", ("name",), _ARN_IS_ID),
    "aws_sqs_queue": _regional("name", "sqs", "{}", ("name",)),
    "aws_ssm_parameter": _regional("name", "ssm", "parameter/{}", _NAME_AND_ID),
}


# Attributes that are the ARN, a text and another attribute.
ARN_WITH_SUFFIX = {
    ("aws_dynamodb_table", "stream_arn"): ("/stream/", "stream_label"),
    ("aws_lambda_function", "qualified_arn"): (":", "version"),
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
            attributes = {attribute: f"arn:{PARTITION_PARAMETER}:{naming.arn_of(text)}" for attribute in naming.arns}
            attributes |= dict.fromkeys(naming.names, text)
            for attribute, value in attributes.items():
                if value != f"${{{attribute_parameter(resource_address, attribute)}}}":
                    values.setdefault(attribute_parameter(resource_address, attribute), value)
        if kind == "aws_dynamodb_table":
            label = f"${{{attribute_parameter(address, 'stream_label')}}}"
            stream = f"arn:{PARTITION_PARAMETER}:{naming.arn_of(text)}/stream/{label}"
            values.setdefault(attribute_parameter(address_without_index(address), "stream_arn"), stream)
    return values
