"""The API operation that a message says was called, and the action that authorizes it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from iamglue.catalog import operations, services

_CALLED = re.compile(
    r"(?:An\s+error\s+occurred\s+\((?P<code>[^()\s]{1,80})\)\s+)?when\s+calling\s+the\s+(?P<boto>\w+)\s+operation|operation\s+error\s+(?P<service>[^:\n]{1,60}):\s*(?P<go>\w+)|"
    r"Error\s+executing\s+\"(?P<php>\w+)\"\s+on\s+\"https?://(?P<host>[\w-]+)\."
)
# `(Service: AmazonS3; Status Code: 403; ...)` and `(Service: S3, Status Code: 403, ...)` of the SDK for Java.
_JAVA_SERVICE = re.compile(r"\(Service:\s*(?P<service>[\w ]+?)\s*[;,]")
# Names of services in messages that are neither a client of an SDK nor the name in AWS's reference:
# https://docs.aws.amazon.com/AWSJavaSDK/latest/javadoc/ (the service names of version 1)
_SERVICE_NAMES = {
    "securitytokenservice": "sts",
    "identitymanagement": "iam",
    "eventbridge": "events",
    "cloudwatchevents": "events",
    "kinesisfirehose": "firehose",
    "stepfunctions": "states",
    "simplesystemsmanagement": "ssm",
    "simplenotificationservice": "sns",
    "simplequeueservice": "sqs",
    "lambdainternal": "lambda",
    "msk": "kafka",
}


@dataclass(frozen=True, slots=True)
class CalledOperation:
    """An API operation, and the IAM prefix of its service and boto's error code if the message names them."""

    name: str
    prefix: str | None = None
    code: str | None = None
    start: int = 0


def find_operations(text: str) -> list[CalledOperation]:
    """The operations that a text says were called, in order."""
    return [
        CalledOperation(
            match["boto"] or match["go"] or match["php"],
            service_prefix(match["service"] or match["host"] or ""),
            match["code"],
            match.start(),
        )
        for match in _CALLED.finditer(text)
    ]


def java_service(text: str) -> str | None:
    """The IAM prefix of the service that a message of the SDK for Java names."""
    match = _JAVA_SERVICE.search(text)
    return service_prefix(match["service"]) if match else None


def service_prefix(name: str) -> str | None:
    """The IAM prefix of a service by its prefix, its SDK client or its display name; None if unknown."""
    lower = name.lower().strip()
    if services.find_service(lower):
        return lower
    key = lower.replace(" ", "").replace("-", "")
    key = key.removeprefix("amazon").removeprefix("aws")
    for candidate in (key, key.removesuffix("v2"), key.removesuffix("serviceexception")):
        prefix = _SERVICE_NAMES.get(candidate) or operations.client_prefix(candidate)
        if prefix or services.find_service(candidate):
            return prefix or candidate
    return None


def operation_action(prefix: str | None, operation: str | None) -> tuple[str | None, str | None]:
    """The only action that authorizes an operation, and a caveat if there are several; each may be None."""
    actions = operations.operation_actions(prefix, operation) if prefix and operation else None
    if not actions:
        return None, None
    if len(actions) == 1:
        return actions[0], None
    return None, f"{operation} requires {' and '.join(actions)}, and the message does not say which one was denied"


def canonical_action(action: str) -> str:
    """The action as AWS's reference spells it; an unknown one as it is."""
    known_action = services.find_action(action)
    return str(known_action) if known_action else action
