"""What invokes the functions of a CDK app: event source mappings, and permissions for services to invoke.

Each class and method with its page: https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda_event_sources-readme.html,
aws_s3_notifications-readme.html, aws_sns_subscriptions-readme.html, aws_events_targets-readme.html,
aws_apigateway-readme.html, aws_apigatewayv2_integrations-readme.html and aws_logs_destinations-readme.html beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from iamglue.infer.code.cdk.cdk_functions import template_value
from iamglue.infer.code.cdk.cdk_values import (
    BoundMethod,
    Construct,
    DeploymentValue,
    LibraryObject,
    PropertyMap,
    SourcePlace,
    join_texts,
)
from iamglue.infer.code.cdk.instances import construct_of
from iamglue.infer.code.cdk.resource_attributes import FUNCTION_CLASSES, attribute_value, property_of

# Event sources that Lambda polls, and the attribute with the ARN of what it polls.
_POLLED = {"SqsEventSource": "queueArn", "DynamoEventSource": "tableStreamArn", "KinesisEventSource": "streamArn"}
# Event sources of services that invoke: their principal, and the attribute with the ARN that invokes.
_INVOKING = {
    "S3EventSource": ("s3", "bucketArn"),
    "S3EventSourceV2": ("s3", "bucketArn"),
    "SnsEventSource": ("sns", "topicArn"),
}
# Methods of resources that take a target, by principal: (methods, attribute with the ARN that invokes).
_TARGET_METHODS = {
    "addEventNotification": ("s3", "bucketArn"),
    "addObjectCreatedNotification": ("s3", "bucketArn"),
    "addObjectRemovedNotification": ("s3", "bucketArn"),
    "addSubscription": ("sns", "topicArn"),
    "addTarget": ("events", "ruleArn"),
    "addSubscriptionFilter": ("logs", "logGroupArn"),
    "addTrigger": ("cognito-idp", "userPoolArn"),
}
# Methods and properties of APIs in which integrations stand.
_API_METHODS = {"addMethod", "addRoutes", "addProxy", "addRoute", "addResource"}
_APIS = {"RestApi": "restApiId", "LambdaRestApi": "restApiId", "HttpApi": "apiId", "WebSocketApi": "apiId"}
_MAX_DEPTH = 6


@dataclass(frozen=True, slots=True)
class TriggerResource:
    """A resource that lets something invoke a function; `note` instead if the source does not show what."""

    function: Construct
    type: str = ""
    properties: tuple[tuple[str, Any], ...] = ()
    note: str = ""


def trigger_resources(constructs: Sequence[Construct]) -> Iterator[TriggerResource]:
    """What invokes the functions among the constructs."""
    for construct in constructs:
        if construct.name in FUNCTION_CLASSES:
            yield from _own_triggers(construct)
        yield from _resource_triggers(construct)


def function_of(value: Any, depth: int = 0) -> Construct | None:
    """The function that a value is or holds: the function, its alias or version, a target or an integration for it."""
    construct = construct_of(value)
    if construct is not None and construct.name in FUNCTION_CLASSES:
        return construct
    if depth >= _MAX_DEPTH:
        return None
    parts: list[Any] = []
    if construct is not None:
        parts = [property_of(construct.properties, "lambda"), property_of(construct.properties, "version")]
    elif isinstance(value, LibraryObject):
        parts = [*value.arguments, value.owner]
    elif isinstance(value, BoundMethod):
        parts = [value.target]
    elif isinstance(value, PropertyMap):
        parts = list(value.members.values())
    elif isinstance(value, list):
        parts = value
    return next((item for part in parts for item in [function_of(part, depth + 1)] if item is not None), None)


def _own_triggers(function: Construct) -> Iterator[TriggerResource]:
    """The triggers that the function itself names."""
    events = property_of(function.properties, "events")
    for source in events if isinstance(events, list) else []:
        yield _event_source(function, source, function.place)
    for call in function.calls:
        if call.name == "addEventSource":
            yield _event_source(function, call.arguments[0] if call.arguments else None, call.place)
        elif call.name == "addEventSourceMapping":
            options = next((item for item in call.arguments if isinstance(item, PropertyMap)), None)
            yield _event_source_mapping(function, property_of(options, "eventSourceArn"), call.place)
        elif call.name == "addFunctionUrl":
            options = next((item for item in call.arguments if isinstance(item, PropertyMap)), None)
            kind = getattr(property_of(options, "authType"), "name", "AWS_IAM").rpartition(".")[2]
            yield TriggerResource(function, "AWS::Lambda::Url", (("AuthType", kind),))
        elif call.name == "addPermission":
            yield _permission_of_call(function, call)


def _event_source(function: Construct, source: Any, place: SourcePlace) -> TriggerResource:
    """The mapping or permission of an event source; a note for a class that is in neither table."""
    kind = source.name.rpartition(".")[2] if isinstance(source, LibraryObject) else ""
    resource = next((construct_of(item) for item in getattr(source, "arguments", ()) if construct_of(item)), None)
    if kind in _POLLED:
        return _event_source_mapping(function, attribute_value(resource, _POLLED[kind]) if resource else None, place)
    if kind in _INVOKING:
        service, attribute = _INVOKING[kind]
        return _invoke_permission(function, service, attribute_value(resource, attribute) if resource else None, place)
    return TriggerResource(function, note=f"{place}: the event source `{kind or '?'}` of the function is not followed")


def _event_source_mapping(function: Construct, source: Any, place: SourcePlace) -> TriggerResource:
    """The mapping that polls an ARN; a note if the ARN is not known."""
    arn = template_value(source)
    if arn is None:
        return TriggerResource(function, note=f"{place}: the source of the function's events is not known")
    return TriggerResource(function, "AWS::Lambda::EventSourceMapping", (("EventSourceArn", arn),))


def _invoke_permission(function: Construct, service: str, source: Any, place: SourcePlace) -> TriggerResource:
    """The permission for a service to invoke the function for one resource; a note if that is not known."""
    arn = template_value(source)
    if arn is None:
        return TriggerResource(
            function, note=f"{place}: which resource of `{service}` invokes the function is not known"
        )
    return TriggerResource(
        function,
        "AWS::Lambda::Permission",
        (
            ("Action", "lambda:InvokeFunction"),
            ("Principal", f"{service}.amazonaws.com"),
            ("SourceArn", arn),
            *((("SourceAccount", {"Ref": "AWS::AccountId"}),) if service == "s3" else ()),
        ),
    )


def _permission_of_call(function: Construct, call: LibraryObject) -> TriggerResource:
    """The permission of `addPermission`; a note if its principal is not a service."""
    options = next((item for item in call.arguments if isinstance(item, PropertyMap)), None)
    principal = property_of(options, "principal")
    name = principal.arguments[0] if isinstance(principal, LibraryObject) and principal.arguments else None
    if isinstance(name, str) and name.endswith(".amazonaws.com"):
        source = property_of(options, "sourceArn")
        return _invoke_permission(function, name.removesuffix(".amazonaws.com"), source, call.place)
    return TriggerResource(function, note=f"{call.place}: who may invoke the function is not known")


def _resource_triggers(construct: Construct) -> Iterator[TriggerResource]:
    """The triggers that another resource names: notifications, subscriptions, targets, integrations."""
    for call in construct.calls:
        if call.name in _TARGET_METHODS:
            service, attribute = _TARGET_METHODS[call.name]
            function = function_of(list(call.arguments))
            if function is not None:
                yield _invoke_permission(function, service, attribute_value(construct, attribute), call.place)
    kind = construct.name.rpartition(".")[2]
    if kind == "Rule":
        targets = property_of(construct.properties, "targets")
        for target in targets if isinstance(targets, list) else []:
            function = function_of(target)
            if function is not None:
                yield _invoke_permission(function, "events", attribute_value(construct, "ruleArn"), construct.place)
    elif kind == "EventSourceMapping":
        function = function_of(property_of(construct.properties, "target"))
        if function is not None:
            yield _event_source_mapping(function, property_of(construct.properties, "eventSourceArn"), construct.place)
    elif kind == "UserPool":
        triggers = property_of(construct.properties, "lambdaTriggers")
        for target in triggers.members.values() if isinstance(triggers, PropertyMap) else ():
            function = function_of(target)
            if function is not None:
                yield _invoke_permission(
                    function, "cognito-idp", attribute_value(construct, "userPoolArn"), construct.place
                )
    elif kind == "SnsSubscription" or kind in _APIS:
        yield from _api_triggers(construct, kind)


def _api_triggers(construct: Construct, kind: str) -> Iterator[TriggerResource]:
    """The functions that an API calls: those of its integrations."""
    values: list[tuple[Any, SourcePlace]] = [(construct.properties, construct.place)]
    values += [(list(call.arguments), call.place) for call in construct.calls if call.name in _API_METHODS]
    api = attribute_value(construct, _APIS[kind])
    parts = (
        "arn:",
        *_pseudo_parameter("Partition"),
        ":execute-api:",
        *_pseudo_parameter("Region"),
        ":",
        *_pseudo_parameter("AccountId"),
        ":",
    )
    source = join_texts([*parts, api, "/*/*"])
    functions: dict[int, tuple[Construct, SourcePlace]] = {}
    for value, place in values:
        function = function_of(value)
        if function is not None:
            functions.setdefault(id(function), (function, place))
    for function, place in functions.values():
        yield _invoke_permission(function, "apigateway", source, place)


def _pseudo_parameter(name: str) -> tuple[DeploymentValue]:
    return (DeploymentValue("Ref", f"AWS::{name}"),)
