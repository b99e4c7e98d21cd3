"""Bundles as an AWS SAM template: each function with the role that is its own.

The function names its role, since SAM would otherwise make one with AWSLambdaBasicExecutionRole attached
(https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html).
"""

from __future__ import annotations

from collections.abc import Sequence

from iamglue.render.cloudformation import FILTERS, Part, parts
from iamglue.render.names import free_name
from iamglue.render.parameters import checked_parameters
from iamglue.render.templates import rendered
from iamglue.render.written import Written
from iamglue.subjects.bundle import Bundle


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
