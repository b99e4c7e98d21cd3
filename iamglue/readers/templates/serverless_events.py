"""What the Serverless Framework adds for the events of a function: statements of its role, and its permissions.

Follows the framework's packaging: https://github.com/serverless/serverless, lib/plugins/aws/package/compile/events
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from iamglue.policy.source.nodes import Node, NodeKind

_PARTITION = "arn:${AWS::Partition}"
_HERE = "${AWS::Region}:${AWS::AccountId}"
_STREAM_ACTIONS = {
    "dynamodb": ("GetRecords", "GetShardIterator", "DescribeStream", "ListStreams"),
    "kinesis": ("GetRecords", "GetShardIterator", "DescribeStream", "ListStreams"),
}
_CONSUMER_ACTIONS = ("GetRecords", "GetShardIterator", "DescribeStreamSummary", "ListShards")
_QUEUE_ACTIONS = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
# Event -> the service that invokes the function, and the ARN that its permission names; None: the event's own.
_PUSH_EVENTS: dict[str, tuple[str, str | None]] = {
    "http": ("apigateway.amazonaws.com", f"{_PARTITION}:execute-api:{_HERE}:${{ApiGatewayRestApi}}/*/*"),
    "httpApi": ("apigateway.amazonaws.com", f"{_PARTITION}:execute-api:{_HERE}:${{HttpApi}}/*"),
    "websocket": ("apigateway.amazonaws.com", f"{_PARTITION}:execute-api:{_HERE}:${{WebsocketsApi}}/*"),
    "schedule": ("events.amazonaws.com", f"{_PARTITION}:events:{_HERE}:rule/${{{{}}EventsRule}}"),
    "eventBridge": ("events.amazonaws.com", f"{_PARTITION}:events:{_HERE}:rule/${{{{}}EventBridgeRule}}"),
    "cloudwatchEvent": ("events.amazonaws.com", f"{_PARTITION}:events:{_HERE}:rule/${{{{}}EventsRule}}"),
    "cloudwatchLog": ("logs.amazonaws.com", None),
    "iot": ("iot.amazonaws.com", f"{_PARTITION}:iot:{_HERE}:rule/${{{{}}IotTopicRule}}"),
    "s3": ("s3.amazonaws.com", None),
    "sns": ("sns.amazonaws.com", None),
    "cognitoUserPool": ("cognito-idp.amazonaws.com", None),
    "alexaSkill": ("alexa-appkit.amazon.com", ""),
    "alexaSmartHome": ("alexa-connectedhome.amazon.com", ""),
}


@dataclass(frozen=True, slots=True)
class ServerlessEvent:
    """What one event adds: statements of the role, an event source mapping, or a permission; properties by name.

    `unknown` is the name of an event that this module does not know.
    """

    statements: tuple[dict[str, Any], ...] = ()
    mapping: dict[str, Any] | None = None
    permission: dict[str, Any] | None = None
    unknown: str = ""


def normal_name(key: str) -> str:
    """A key as it is in logical IDs: `get-image` is `GetDashimage`."""
    return key[:1].upper() + key[1:].replace("-", "Dash").replace("_", "Underscore")


def serverless_event(event: Node, number: int, function_id: str) -> ServerlessEvent:
    """What the framework adds for an item of a function's `events`."""
    key, value = event.pairs[0] if event.pairs else (event, event)
    name = key.text
    if name in ("sqs", "stream"):
        return _polled(name, value)
    if name not in _PUSH_EVENTS:
        return ServerlessEvent(unknown=name)
    service, source = _PUSH_EVENTS[name]
    permission: dict[str, Any] = {"Action": "lambda:InvokeFunction", "Principal": service}
    source_arn: Any = source.replace("{}", f"{function_id}{number}") if source else None
    if source is None:
        source_arn = _own_source(name, value)
        if source_arn is None:
            return ServerlessEvent(unknown=name)
    if name == "s3":
        permission["SourceAccount"] = "${AWS::AccountId}"
    return ServerlessEvent(permission=permission | ({"SourceArn": source_arn} if source_arn else {}))


def _polled(name: str, value: Node) -> ServerlessEvent:
    """The mapping of a queue or stream, and the statements for polling it."""
    source = value.get("arn") or value
    kind = _stream_type(source, value.get("type")) if name == "stream" else "sqs"
    if not kind:
        return ServerlessEvent(unknown=name)
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
    if failure is not None:
        target = failure.get("arn") or failure
        is_topic = "sns" in (failure.get("type") or failure).text
        actions = ("Publish",) if is_topic else ("ListQueues", "SendMessage")
        statements.append(_allow("sns" if is_topic else "sqs", actions, target))
    return ServerlessEvent(tuple(statements), {"EventSourceArn": source})


def _stream_type(source: Node, kind: Node | None) -> str:
    """The service of a stream, by its type or its ARN; empty if it is not known."""
    text = kind.text if kind is not None else next(iter(source.text.split(":")[2:3]), "")
    return text if text in _STREAM_ACTIONS else ""


def _own_source(name: str, value: Node) -> Any:
    """The ARN in an event's own properties: its topic, bucket or log group; None if it is not known."""
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


def _allow(service: str, actions: tuple[str, ...], resource: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": [f"{service}:{action}" for action in actions], "Resource": [resource]}
