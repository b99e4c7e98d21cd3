"""Permissions and event source mappings that SAM creates for a function's `Events` and URL.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from iamglue.model.account import FunctionUrl
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER, has_parameters
from iamglue.readers.templates.account_draft import deployment_arn
from iamglue.readers.templates.function_draft import FunctionDraft
from iamglue.readers.templates.sam_event_sources import SAM_EVENT_SOURCES, sam_event_source, sam_queue_event_source
from iamglue.readers.templates.template_properties import ResourceProperties

_PATH_PARAMETER = re.compile(r"\{[A-Za-z0-9._+-]+\}")
# The condition of a permission. In the functions below, `reference` is `${Id}` of the rule that SAM creates.
_Condition = dict[str, dict[str, str]]


def _source_condition(arn: str) -> _Condition:
    return {"ArnLike": {"aws:SourceArn": arn}}


def _s3_condition(_: ResourceProperties, __: str) -> _Condition:
    return {"StringEquals": {"aws:SourceAccount": ACCOUNT_PARAMETER}}


def _iot_condition(_: ResourceProperties, reference: str) -> _Condition:
    """The rule that SAM creates, and its account."""
    return _source_condition(deployment_arn("iot", f"rule/{reference}")) | {
        "StringEquals": {"aws:SourceAccount": ACCOUNT_PARAMETER}
    }


def _sns_condition(event: ResourceProperties, _: str) -> _Condition:
    return _source_condition(event.text("Topic"))


def _rule_condition(event: ResourceProperties, reference: str) -> _Condition:
    """The rule that SAM creates; its ARN has the name of its bus, unless that is the default one."""
    bus = event.text("EventBusName").rpartition("/")[2]
    return _source_condition(
        deployment_arn("events", f"rule/{bus}/{reference}" if bus and bus != "default" else f"rule/{reference}")
    )


def _logs_condition(event: ResourceProperties, _: str) -> _Condition:
    return _source_condition(deployment_arn("logs", f"log-group:{event.text('LogGroupName')}:*"))


def _cognito_condition(event: ResourceProperties, _: str) -> _Condition:
    pool = event.text("UserPool")
    return _source_condition(f"${{{pool[2:-1]}.Arn}}" if pool.startswith("${") else pool)


def _alexa_condition(event: ResourceProperties, _: str) -> _Condition:
    token = event.text("SkillId")
    return {"StringEquals": {"lambda:EventSourceToken": token}} if token else {}


def _api_condition(property: str, default_id: str) -> Callable[[ResourceProperties, str], _Condition]:
    """The condition for an API event: `property` names the API, else it is SAM's API `default_id`."""

    def condition(event: ResourceProperties, _: str) -> _Condition:
        """All stages of the API; parameters in the path of the route are `*`."""
        # An HTTP API's event without a path is for the API's default route.
        default_path = "$default" if property == "ApiId" else ""
        api, path = event.text(property) or f"${{{default_id}}}", event.text("Path") or default_path
        path = path.removesuffix("/")
        method = event.text("Method").upper() or "ANY"
        path = "" if path == "$default" else _PATH_PARAMETER.sub("*", path) or "/"
        return _source_condition(deployment_arn("execute-api", f"{api}/*/{'*' if 'ANY' in method else method}{path}"))

    return condition


# Event -> the service that invokes the function, and the condition of its permission.
_PUSH_EVENTS: dict[str, tuple[str, Callable[[ResourceProperties, str], _Condition]]] = {
    "AlexaSkill": ("alexa-appkit.amazon.com", _alexa_condition),
    "Api": ("apigateway.amazonaws.com", _api_condition("RestApiId", "ServerlessRestApi")),
    "CloudWatchEvent": ("events.amazonaws.com", _rule_condition),
    "CloudWatchLogs": ("logs.amazonaws.com", _logs_condition),
    "Cognito": ("cognito-idp.amazonaws.com", _cognito_condition),
    "EventBridgeRule": ("events.amazonaws.com", _rule_condition),
    "HttpApi": ("apigateway.amazonaws.com", _api_condition("ApiId", "ServerlessHttpApi")),
    "IoTRule": ("iot.amazonaws.com", _iot_condition),
    "S3": ("s3.amazonaws.com", _s3_condition),
    "SNS": ("sns.amazonaws.com", _sns_condition),
    "Schedule": ("events.amazonaws.com", _rule_condition),
}


def add_event(name: str, event: ResourceProperties, draft: FunctionDraft) -> bool:
    """Add an event to the function; False if the event type is not known."""
    kind = event.text("Type")
    node = event.node("Properties")
    inner = event.nested(node) if node is not None else event
    if kind in SAM_EVENT_SOURCES:
        draft.event_sources.append(sam_event_source(inner, kind))
        return True
    queue = sam_queue_event_source(f"{event.id}{name}", inner) if kind == "SNS" else None
    if queue is not None:
        draft.event_sources.append(queue)
        return True
    if kind in _PUSH_EVENTS:
        service, condition = _PUSH_EVENTS[kind]
        statement = _permission(f"{event.id}{name}Permission", {"Service": service}, draft)
        conditions = condition(inner, f"${{{event.id}{name}}}")
        statement |= {"Condition": conditions} if conditions else {}
        draft.add_statement(statement, event.resource.properties)
        return True
    return kind == "ScheduleV2"  # EventBridge Scheduler invokes the function with a separate role: no permission


def add_function_url(properties: ResourceProperties, draft: FunctionDraft) -> None:
    """Add a function URL; without authentication, SAM adds permissions for everyone."""
    auth = properties.text("FunctionUrlConfig", "AuthType")
    draft.urls.append(FunctionUrl(auth))
    if has_parameters(auth):
        key = ("function URL", properties.id, "its authentication type is not known before deployment")
        draft.unknown_routes[key] = ["/"]
    if auth == "NONE":
        url = _permission(f"{properties.id}UrlPublicPermissions", "*", draft)
        condition = {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}
        node = properties.node("FunctionUrlConfig") or properties.declaration
        draft.add_statement(url | {"Action": "lambda:InvokeFunctionUrl", "Condition": condition}, node)
        invoke = _permission(f"{properties.id}URLInvokeAllowPublicAccess", "*", draft)
        draft.add_statement(invoke | {"Condition": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}}, node)


def _permission(sid: str, principal: Any, draft: FunctionDraft) -> dict[str, Any]:
    """The statement that allows a principal to invoke the function."""
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": "lambda:InvokeFunction",
        "Resource": draft.function.arn,
    }
