"""What SAM makes of a function's `Events` and URL: permissions to invoke it, and mappings that poll for it.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from iamglue.model.account import FunctionUrl
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER
from iamglue.readers.templates.account_draft import FunctionDraft, deployment_arn
from iamglue.readers.templates.sam_event_sources import SAM_EVENT_SOURCES, sam_event_source, sam_queue_event_source
from iamglue.readers.templates.template_properties import ResourceProperties

_IN_BRACES = re.compile(r"\{[A-Za-z0-9._+-]+\}")
_Condition = dict[str, dict[str, str]]


def _source(arn: str) -> _Condition:
    return {"ArnLike": {"aws:SourceArn": arn}}


def _s3(_: ResourceProperties, __: str) -> _Condition:
    return {"StringEquals": {"aws:SourceAccount": ACCOUNT_PARAMETER}}


def _iot(_: ResourceProperties, made: str) -> _Condition:
    return _source(deployment_arn("iot", f"rule/{made}")) | {"StringEquals": {"aws:SourceAccount": ACCOUNT_PARAMETER}}


def _sns(event: ResourceProperties, _: str) -> _Condition:
    return _source(event.text("Topic"))


def _rule(event: ResourceProperties, made: str) -> _Condition:
    bus = event.text("EventBusName").rpartition("/")[2]
    return _source(deployment_arn("events", f"rule/{bus}/{made}" if bus and bus != "default" else f"rule/{made}"))


def _logs(event: ResourceProperties, _: str) -> _Condition:
    return _source(deployment_arn("logs", f"log-group:{event.text('LogGroupName')}:*"))


def _cognito(event: ResourceProperties, _: str) -> _Condition:
    pool = event.text("UserPool")
    return _source(f"${{{pool[2:-1]}Arn}}" if pool.startswith("${") else pool)


def _alexa(event: ResourceProperties, _: str) -> _Condition:
    token = event.text("SkillId")
    return {"StringEquals": {"lambda:EventSourceToken": token}} if token else {}


def _api(property: str, made_up: str) -> Callable[[ResourceProperties, str], _Condition]:
    def source(event: ResourceProperties, _: str) -> _Condition:
        api, path = event.text(property) or f"${{{made_up}}}", event.text("Path").removesuffix("/")
        method = event.text("Method").upper() or "ANY"
        path = "" if path == "$default" else _IN_BRACES.sub("*", path) or "/"
        return _source(deployment_arn("execute-api", f"{api}/*/{'*' if 'ANY' in method else method}{path}"))

    return source


# Event -> the service that invokes the function, and the condition of the permission.
_PUSHED: dict[str, tuple[str, Callable[[ResourceProperties, str], _Condition]]] = {
    "AlexaSkill": ("alexa-appkit.amazon.com", _alexa),
    "Api": ("apigateway.amazonaws.com", _api("RestApiId", "ServerlessRestApi")),
    "CloudWatchEvent": ("events.amazonaws.com", _rule),
    "CloudWatchLogs": ("logs.amazonaws.com", _logs),
    "Cognito": ("cognito-idp.amazonaws.com", _cognito),
    "EventBridgeRule": ("events.amazonaws.com", _rule),
    "HttpApi": ("apigateway.amazonaws.com", _api("ApiId", "ServerlessHttpApi")),
    "IoTRule": ("iot.amazonaws.com", _iot),
    "S3": ("s3.amazonaws.com", _s3),
    "SNS": ("sns.amazonaws.com", _sns),
    "Schedule": ("events.amazonaws.com", _rule),
}


def add_event(name: str, event: ResourceProperties, drafted: FunctionDraft) -> bool:
    """Take in an event; False for one that this does not know, or that tells too little."""
    kind = event.text("Type")
    node = event.node("Properties")
    inner = event.nested(node) if node is not None else event
    if kind in SAM_EVENT_SOURCES:
        drafted.event_sources.append(sam_event_source(inner, kind))
        return True
    queue = sam_queue_event_source(f"{event.id}{name}", inner) if kind == "SNS" else None
    if queue is not None:
        drafted.event_sources.append(queue)
        return True
    if kind in _PUSHED:
        service, condition = _PUSHED[kind]
        statement = _permission(f"{event.id}{name}Permission", {"Service": service}, drafted)
        drafted.statements.append(statement | {"Condition": condition(inner, f"${{{event.id}{name}}}")})
        return True
    return kind == "ScheduleV2"  # EventBridge Scheduler invokes as a role of its own


def add_function_url(properties: ResourceProperties, drafted: FunctionDraft) -> None:
    """Take in a function URL: one without authentication is open to everyone."""
    auth = properties.text("FunctionUrlConfig", "AuthType")
    drafted.urls.append(FunctionUrl(auth))
    if auth == "NONE":
        url = _permission(f"{properties.id}UrlPublicPermissions", "*", drafted)
        given = {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}
        drafted.statements.append(url | {"Action": "lambda:InvokeFunctionUrl", "Condition": given})
        invoke = _permission(f"{properties.id}URLInvokeAllowPublicAccess", "*", drafted)
        drafted.statements.append(invoke | {"Condition": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}})


def _permission(sid: str, principal: Any, drafted: FunctionDraft) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": "lambda:InvokeFunction",
        "Resource": drafted.function.arn,
    }
