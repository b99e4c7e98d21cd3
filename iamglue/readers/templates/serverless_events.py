"""What the Serverless Framework adds for the events of a function: statements of its role, and its permissions.

Follows the framework's packaging: https://github.com/serverless/serverless,
packages/serverless/lib/plugins/aws/package/compile/events
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.templates.intrinsic_calls import referenced_parameter
from iamglue.readers.templates.serverless_polling import POLLED_EVENTS, allow
from iamglue.readers.templates.template_functions import SOURCE_SERVICE

_PARTITION = "arn:${AWS::Partition}"
_HERE = "${AWS::Region}:${AWS::AccountId}"
_EDGE, _SCHEDULER = "edgelambda.amazonaws.com", "scheduler.amazonaws.com"
_EDGE_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:TagResource")
_STREAM_ACTIONS = {
    "dynamodb": ("GetRecords", "GetShardIterator", "DescribeStream", "ListStreams"),
    "kinesis": ("GetRecords", "GetShardIterator", "DescribeStream", "ListStreams"),
}
_CONSUMER_ACTIONS = ("GetRecords", "GetShardIterator", "DescribeStreamSummary", "ListShards")
_QUEUE_ACTIONS = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
# Event -> the service that invokes the function, and the ARN that its permission names: empty if it names none, None if
# it is in the event.
_PUSH_EVENTS: dict[str, tuple[str, str | None]] = {
    "http": ("apigateway.amazonaws.com", f"{_PARTITION}:execute-api:{_HERE}:${{ApiGatewayRestApi}}/*/*"),
    "httpApi": ("apigateway.amazonaws.com", f"{_PARTITION}:execute-api:{_HERE}:${{HttpApi}}/*"),
    "websocket": ("apigateway.amazonaws.com", ""),
    "schedule": ("events.amazonaws.com", f"{_PARTITION}:events:{_HERE}:rule/${{{{}}EventsRule}}"),
    "eventBridge": ("events.amazonaws.com", None),
    "cloudwatchEvent": ("events.amazonaws.com", f"{_PARTITION}:events:{_HERE}:rule/${{{{}}EventsRule}}"),
    "cloudwatchLog": ("logs.amazonaws.com", None),
    "cloudFront": (_EDGE, f"{_PARTITION}:cloudfront::${{AWS::AccountId}}:distribution/${{CloudFrontDistribution}}"),
    "iot": ("iot.amazonaws.com", f"{_PARTITION}:iot:{_HERE}:rule/${{{{}}IotTopicRule}}"),
    "iotFleetProvisioning": ("iot.amazonaws.com", ""),
    "s3": ("s3.amazonaws.com", None),
    "sns": ("sns.amazonaws.com", None),
    "cognitoUserPool": ("cognito-idp.amazonaws.com", None),
    "alexaSkill": ("alexa-appkit.amazon.com", ""),
    "alexaSmartHome": ("alexa-connectedhome.amazon.com", ""),
}


@dataclass(frozen=True, slots=True)
class ServerlessEvent:
    """What one event adds: statements of the role, an event source mapping, or permissions; properties by name.

    `trusted` are services that may assume the role. `unknown` is the name of an event that this module does not know.
    With `custom_resource`, the framework also creates a function of its own that configures the source, with a role.
    """

    name: str
    statements: tuple[dict[str, Any], ...] = ()
    mapping: dict[str, Any] | None = None
    permissions: tuple[dict[str, Any], ...] = ()
    trusted: tuple[str, ...] = ()
    unknown: str = ""
    custom_resource: bool = False


def event_names() -> frozenset[str]:
    """The names of the events of the framework."""
    return frozenset({"alb", "sqs", "stream", *POLLED_EVENTS, *_PUSH_EVENTS})


def normal_name(key: str) -> str:
    """A key as it is in logical IDs: `get-image` is `GetDashimage`."""
    return key[:1].upper() + key[1:].replace("-", "Dash").replace("_", "Underscore")


def serverless_event(event: Node, number: int, function_id: str, function_arn: str) -> ServerlessEvent:
    """What the framework adds for an item of a function's `events`; `function_arn` is the function's ARN."""
    key, value = event.pairs[0] if event.pairs else (event, event)
    name = key.text
    if name in ("sqs", "stream"):
        return _add_polled_event(name, value)
    if name in POLLED_EVENTS:
        mapping, statements = POLLED_EVENTS[name](value)
        return ServerlessEvent(name, statements, mapping)
    if name == "schedule" and _text(value, "method") == "scheduler":
        # EventBridge Scheduler invokes the function with the function's own role.
        invoke = allow(("lambda:InvokeFunction",), function_arn, f"{function_arn}:*")
        return ServerlessEvent(name, (invoke,), trusted=(_SCHEDULER,))
    if name == "alb":
        permission = _permission("elasticloadbalancing.amazonaws.com")
        group = permission | {"SourceArn": f"${{{function_id}AlbTargetGroup}}"}
        return ServerlessEvent(name, permissions=(group, permission))
    if name not in _PUSH_EVENTS:
        return ServerlessEvent(name, unknown=name)
    return _add_push_event(name, value, f"{function_id}{number}")


def _add_push_event(name: str, value: Node, event_id: str) -> ServerlessEvent:
    """The permission of the service that invokes the function, and what the role gets with it."""
    service, source = _PUSH_EVENTS[name]
    permission = _permission(service)
    source_arn: Any = source.replace("{}", event_id) if source is not None else _own_source(name, value, event_id)
    custom = _text(value, "existing") == "true"
    if source_arn is None:
        return ServerlessEvent(name, unknown=name, custom_resource=custom)
    if name == "s3":
        permission["SourceAccount"] = "${AWS::AccountId}"
    token = value.get("appId") or value if name in ("alexaSkill", "alexaSmartHome") else None
    if token is not None and token.text != name:
        permission["EventSourceToken"] = token
    statements, trusted = _role_additions(name)
    permission |= {"SourceArn": source_arn} if source_arn else {}
    return ServerlessEvent(name, statements, None, (permission,), trusted, custom_resource=custom)


def _role_additions(name: str) -> tuple[tuple[dict[str, Any], ...], tuple[str, ...]]:
    """The statements that the role gets for a push event, and the services that may assume it."""
    if name == "websocket":
        connections = f"{_PARTITION}:execute-api:*:*:*/@connections/*"
        return (allow(("execute-api:ManageConnections",), connections),), ()
    if name == "cloudFront":
        return (allow(_EDGE_LOGS, f"{_PARTITION}:logs:*:*:*"),), (_EDGE,)
    return (), ()


def _permission(service: str) -> dict[str, Any]:
    return {"Action": "lambda:InvokeFunction", "Principal": service}


def _text(node: Node, key: str) -> str:
    value = node.get(key)
    return value.text if value is not None else ""


def _add_polled_event(name: str, value: Node) -> ServerlessEvent:
    """The mapping of a queue or stream, and the statements for polling it."""
    source = value.get("arn") or value
    kind = _stream_type(source, value.get("type")) if name == "stream" else "sqs"
    if not kind:
        return ServerlessEvent(name, unknown=name)
    statements = []
    consumer = value.get("consumer")
    if kind == "sqs":
        statements.append(_allow(kind, _QUEUE_ACTIONS, source))
    elif kind == "kinesis" and consumer is not None:
        statements.append(_allow(kind, _CONSUMER_ACTIONS, source))
        target: Any = consumer if consumer.text != "true" else f"{_PARTITION}:kinesis:{_HERE}:*/consumer/*"
        statements.append(_allow(kind, ("SubscribeToShard",), target))
    else:
        statements.append(_allow(kind, _STREAM_ACTIONS[kind], source))
    destinations = value.get("destinations")
    failure = destinations.get("onFailure") if destinations is not None else None
    mapping: dict[str, Any] = {"EventSourceArn": source, SOURCE_SERVICE: kind}
    if failure is not None:
        target = failure.get("arn") or failure
        mapping["DestinationConfig"] = {"OnFailure": {"Destination": target}}
        is_topic = "sns" in (failure.get("type") or failure).text
        actions = ("Publish",) if is_topic else ("ListQueues", "SendMessage")
        statements.append(_allow("sns" if is_topic else "sqs", actions, target))
    return ServerlessEvent(name, tuple(statements), mapping)


def _stream_type(source: Node, kind: Node | None) -> str:
    """The service of a stream, by its type or its ARN; empty if it is not known."""
    text = kind.text if kind is not None else next(iter(source.text.split(":")[2:3]), "")
    return text if text in _STREAM_ACTIONS else ""


def _own_source(name: str, value: Node, event_id: str) -> Any:
    """The ARN in an event's own properties: its topic, bucket, rule or log group; None if it is not known."""
    if name == "eventBridge":
        return _rule_arn(value.get("eventBus"), _text(value, "name") or f"${{{event_id}EventBridgeRule}}")
    if name == "sns":
        arn, topic = value.get("arn"), value.get("topicName") or value
        if arn is not None or value.text.startswith("arn:") or value.tag is not None:
            return arn or value
        return f"{_PARTITION}:sns:{_HERE}:{topic.text}" if topic.kind is NodeKind.SCALAR and topic.text else None
    if name == "cognitoUserPool":
        pool, existing = value.get("pool"), value.get("existing")
        is_new = pool is not None and pool.text and (existing is None or existing.text != "true")
        return (
            {"Fn::GetAtt": [f"CognitoUserPool{normal_name(pool.text)}", "Arn"]} if pool is not None and is_new else None
        )
    if name == "s3":
        bucket = value.get("bucket") or value
        return f"{_PARTITION}:s3:::{bucket.text}" if bucket.kind is NodeKind.SCALAR and bucket.tag is None else None
    group = value.get("logGroup") or value
    return f"{_PARTITION}:logs:{_HERE}:log-group:{group.text}:*" if group.kind is NodeKind.SCALAR else None


def _rule_arn(bus: Node | None, rule: str) -> Any:
    """The ARN of a rule of an event bus, which is given by its name, its ARN or a reference; None if it is unknown."""
    start = f"{_PARTITION}:events:{_HERE}:rule/"
    if bus is None or bus.is_null:
        return f"{start}{rule}"
    if referenced_parameter(bus):
        return {"Fn::Join": ["", [start, bus, f"/{rule}"]]}
    is_text = bus.kind is NodeKind.SCALAR and bus.tag is None
    return f"{start}{bus.text.rpartition('/')[2]}/{rule}" if is_text else None


def _allow(service: str, actions: tuple[str, ...], resource: Any) -> dict[str, Any]:
    return allow(tuple(f"{service}:{action}" for action in actions), resource)
