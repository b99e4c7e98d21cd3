"""Statements that the Serverless Framework adds to a role for the settings of a function.

Follows the framework's packaging: https://github.com/serverless/serverless,
lib/plugins/aws/package/compile/functions.js
"""

from __future__ import annotations

from typing import Any

from iamglue.policy.source.nodes import Node, NodeKind

_XRAY = {"Effect": "Allow", "Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "Resource": ["*"]}


def setting_statements(function: Node, provider: Node, prefix: str) -> list[Any]:
    """The statements that the framework adds for the settings of a function.

    `prefix` is what the names of the service's functions begin with.
    """
    statements: list[Any] = []
    tracing = function.get("tracing")
    provider_tracing = provider.get("tracing")
    if tracing is None and provider_tracing is not None:
        tracing = provider_tracing.get("lambda")
    if tracing is not None and tracing.text != "false":
        statements.append(_XRAY)
    key, dead_letter = function.get("kmsKeyArn") or provider.get("kmsKeyArn"), function.get("onError")
    if key is not None and key.kind is NodeKind.SCALAR and key.tag is None:
        statements.append({"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [key]})
    if dead_letter is not None and dead_letter.kind is NodeKind.SCALAR and dead_letter.tag is None:
        statements.append({"Effect": "Allow", "Action": ["sns:Publish"], "Resource": [dead_letter]})
    file_system = function.get("fileSystemConfig")
    if file_system is not None:
        actions = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
        statements.append({"Effect": "Allow", "Action": actions, "Resource": [file_system.get("arn") or file_system]})
    destinations = function.get("destinations")
    for when in ("onSuccess", "onFailure") if destinations is not None else ():
        target = destinations.get(when) if destinations is not None else None
        if target is not None:
            statements.append(_destination_statement(target, prefix))
    return statements


def _destination_statement(target: Node, prefix: str) -> dict[str, Any]:
    """The statement for a destination: an ARN, or the key of a function of the service."""
    arn = target.get("arn") or target
    kind = target.get("type")
    services = {
        "sqs": "sqs:SendMessage",
        "sns": "sns:Publish",
        "eventBus": "events:PutEvents",
        "function": "lambda:InvokeFunction",
    }
    parts = {":sqs:": "sqs", ":sns:": "sns", ":event-bus/": "eventBus"}
    service = (
        kind.text if kind is not None else next((name for part, name in parts.items() if part in arn.text), "function")
    )
    is_key = arn.kind is NodeKind.SCALAR and arn.tag is None and not arn.text.startswith(("arn:", "${"))
    here = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
    resource = f"{here}{prefix}-{arn.text}" if is_key else arn
    return {"Effect": "Allow", "Action": services.get(service, "lambda:InvokeFunction"), "Resource": resource}
