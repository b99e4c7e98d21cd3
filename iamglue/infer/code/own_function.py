"""What a handler's `context` says of the function itself, as the environment variables that say the same.

https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
"""

from __future__ import annotations

from iamglue.infer.code.values import UNKNOWN_TEXT, Text, UnknownPart, ValueOrigin

OWN_NAME = "AWS_LAMBDA_FUNCTION_NAME"
CONTEXT_VARIABLES = {
    "functionName": OWN_NAME,
    "functionVersion": "AWS_LAMBDA_FUNCTION_VERSION",
    "logGroupName": "AWS_LAMBDA_LOG_GROUP_NAME",
    "logStreamName": "AWS_LAMBDA_LOG_STREAM_NAME",
}
CONTEXT_ARN = "invokedFunctionArn"
_OWN_ARN: Text = (
    "arn:aws:lambda:",
    UnknownPart(ValueOrigin.ENVIRONMENT, "AWS_REGION"),
    ":",
    UnknownPart(ValueOrigin.TEMPLATE, "", "${AWS::AccountId}"),
    ":function:",
    UnknownPart(ValueOrigin.ENVIRONMENT, OWN_NAME),
)
# The ARN with which the function was invoked: its own, or that of one of its versions or aliases.
CONTEXT_ARNS: frozenset[Text] = frozenset({_OWN_ARN, (*_OWN_ARN, ":", *UNKNOWN_TEXT)})


def context_texts(name: str) -> frozenset[Text]:
    """What an attribute of the context may be, by its name in JavaScript; empty if it is not about the function."""
    if name == CONTEXT_ARN:
        return CONTEXT_ARNS
    variable = CONTEXT_VARIABLES.get(name)
    return frozenset({(UnknownPart(ValueOrigin.ENVIRONMENT, variable),)}) if variable else frozenset()
