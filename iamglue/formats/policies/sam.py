"""Bundles as an AWS SAM template: each function with the role that is its own.

The function names its role, since SAM would otherwise make one with AWSLambdaBasicExecutionRole attached
(https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html).
"""

from __future__ import annotations

from collections.abc import Sequence

from iamglue.formats.policies.cloudformation import FILTERS, Part, parts
from iamglue.formats.policies.names import free_name
from iamglue.formats.policies.parameters import checked_parameters
from iamglue.formats.templates import rendered
from iamglue.formats.words.safe_text import Written
from iamglue.model.permission_set import Bundle


def render(bundles: Sequence[Bundle]) -> str:
    """The template for all of `bundles`. Raises IamglueError for a string that CloudFormation cannot hold."""
    parameters = checked_parameters(bundles)
    return rendered(
        "sam.yaml.j2",
        FILTERS | {"function_name": _reference},
        functions=parts(bundles, parameters),
        parameters=parameters,
        bucket=free_name("CodeBucket", [parameter.name for parameter in parameters]),
    )


def _reference(part: Part) -> Written:
    return Written(f"!Ref {part.id}Function")
