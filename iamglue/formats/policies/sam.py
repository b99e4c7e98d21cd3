"""Bundles as an AWS SAM template: each function with the role that is its own.

The function names its role, since SAM would otherwise make one with AWSLambdaBasicExecutionRole attached
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


def render(bundles: Sequence[PermissionSet]) -> str:
    """The template for all of `bundles`. Raises IamglueError for a string that CloudFormation cannot hold."""
    parameters = parameter_constraints(bundles)
    return render_template(
        "sam.yaml.j2",
        FILTERS | {"function_name": _reference},
        functions=template_permission_sets(bundles, parameters),
        parameters=parameters,
        bucket=unused_name("CodeBucket", [parameter.name for parameter in parameters]),
    )


def _reference(part: TemplatePermissionSet) -> SafeText:
    return SafeText(f"!Ref {part.id}Function")
