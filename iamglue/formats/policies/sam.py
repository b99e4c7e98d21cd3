"""Permission sets as an AWS SAM template: each function with its own role.

The function names its role. Otherwise SAM would create one with AWSLambdaBasicExecutionRole attached
(https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html).
"""

from __future__ import annotations

from collections.abc import Sequence

from iamglue.formats.policies.cloudformation import FILTERS, TemplatePermissionSet, template_permission_sets
from iamglue.formats.policies.names import unused_name
from iamglue.formats.policies.parameters import parameter_constraints
from iamglue.formats.templates import render_template
from iamglue.formats.words.safe_text import SafeText
from iamglue.model.permission_set import PermissionSet


def render(permission_sets: Sequence[PermissionSet]) -> str:
    """Template for all permission sets. Raises IamglueError for a string that CloudFormation cannot represent."""
    parameters = parameter_constraints(permission_sets)
    return render_template(
        "sam.yaml.j2",
        FILTERS | {"function_arn": _function_arn, "function_name": _reference},
        functions=template_permission_sets(permission_sets, parameters),
        parameters=parameters,
        bucket=unused_name("CodeBucket", [parameter.name for parameter in parameters]),
    )


def _reference(part: TemplatePermissionSet) -> SafeText:
    return SafeText(f"!Ref {part.id}Function")


def _function_arn(part: TemplatePermissionSet) -> SafeText:
    return SafeText(f"!GetAtt {part.id}Function.Arn")
