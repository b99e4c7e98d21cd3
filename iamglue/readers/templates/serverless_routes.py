"""Routes of APIs that may call a function without authorization, of a serverless.yml.

https://www.serverless.com/framework/docs/providers/aws/events/apigateway
https://www.serverless.com/framework/docs/providers/aws/events/http-api
https://www.serverless.com/framework/docs/providers/aws/events/websocket
https://www.serverless.com/framework/docs/providers/aws/events/alb
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.templates.api_routes import DECLARED_ROUTES
from iamglue.readers.templates.conditional_values import expanded_items
from iamglue.readers.templates.open_routes import is_preflight

_HTTP, _WEBSOCKET, _CONNECT = "http", "websocket", "$connect"
_APIS = {_HTTP: "ApiGatewayRestApi", "httpApi": "HttpApi", _WEBSOCKET: "WebsocketsApi"}
_PARAMETER = "${"
_UNKNOWN = "its event is not known before deployment"
_POLICY = "the API has a resource policy, which is not evaluated for it"
_BALANCER = "the load balancer is not in the template"
_SHARED = "the API is not in the template"
# The settings of `apiGateway` for an API that another service declares.
_SHARED_APIS = {_HTTP: "restApiId", _WEBSOCKET: "websocketApiId"}


def open_routes(events: Iterable[Node], provider: Node, connections: Sequence[Node]) -> dict[str, list[dict[str, str]]]:
    """The property of a function with the routes of its events that have no authorizer and need no API key.

    Each has a reason if that is not known. `connections` are all events of the file: of a WebSocket API, the event that
    connects decides for all.
    """
    routes = [route for event in events for route in _event_routes(event, provider, connections)]
    return {DECLARED_ROUTES: routes} if routes else {}


def _event_routes(event: Node, provider: Node, connections: Sequence[Node]) -> Iterator[dict[str, str]]:
    """The routes of one event that may be open."""
    for name, api in _APIS.items():
        value = event.get(name)
        if value is None or (name == _HTTP and _is_private(provider)):
            continue
        if name == _WEBSOCKET and not _may_connect(connections):
            continue
        route = _websocket_route(value) if name == _WEBSOCKET else _route(value)
        if route:
            yield {"Api": api, "Route": route, "Unknown": _unknown_reason(name, route, provider)}
    listener = event.get("alb")
    if listener is not None and not _is_set(listener.get("authorizer")):
        arn = listener.get("listenerArn")
        label = arn.text if arn is not None else "alb"
        yield {"Api": label, "Route": _listener_route(listener), "Unknown": _BALANCER, "Kind": "load balancer"}


def _route(value: Node) -> str:
    """The method and path of an event; empty if it has an authorizer or needs an API key."""
    if value.kind is NodeKind.SCALAR:
        method, _, path = ("", "", value.text) if value.text.startswith(_PARAMETER) else value.text.partition(" ")
    elif value.kind is NodeKind.MAP and not any(_is_set(value.get(name)) for name in ("authorizer", "private")):
        method, path = (node.text if (node := value.get(name)) else "" for name in ("method", "path"))
    else:
        return ""
    if is_preflight(method):
        return ""
    if not method and _PARAMETER in path:
        return path
    if "*" in (method, path) and not path.strip("*"):
        return "$default"
    return f"{method.upper()} /{path.removeprefix('/')}" if method else ""


def _listener_route(listener: Node) -> str:
    """The paths of a rule of a load balancer's listener."""
    conditions = listener.get("conditions")
    paths = conditions.get("path") if conditions is not None else None
    return ", ".join(path.text for path in expanded_items(paths)) or "/"


def _websocket_route(value: Node) -> str:
    """The route of an event of a WebSocket API."""
    route = value.get("route") if value.kind is NodeKind.MAP else value
    return route.text if route is not None else ""


def _may_connect(events: Iterable[Node]) -> bool:
    """Whether clients are not asked when they connect: no event for it has an authorizer."""
    values = [value for event in events if (value := event.get(_WEBSOCKET)) is not None]
    return not any(
        value.kind is NodeKind.MAP and _websocket_route(value) == _CONNECT and _is_set(value.get("authorizer"))
        for value in values
    )


def _unknown_reason(name: str, route: str, provider: Node) -> str:
    """Why it is not known whether a route is open; empty if it is."""
    gateway = provider.get("apiGateway")
    if name == _HTTP and any(_is_set(owner.get("resourcePolicy")) for owner in (provider, gateway) if owner):
        return _POLICY
    shared = gateway.get(_SHARED_APIS[name]) if gateway is not None and name in _SHARED_APIS else None
    if name == "httpApi" and (own := provider.get("httpApi")) is not None:
        shared = own.get("id")
    if _is_set(shared):
        return _SHARED
    endpoint = provider.get("endpointType")
    is_open_endpoint = name != _HTTP or endpoint is None or _PARAMETER not in endpoint.text
    return "" if is_open_endpoint and not route.startswith(_PARAMETER) else _UNKNOWN


def _is_set(node: Node | None) -> bool:
    return node is not None and not node.is_null and node.text != "false"


def _is_private(provider: Node) -> bool:
    endpoint = provider.get("endpointType")
    return endpoint is not None and endpoint.text.lower() == "private"


def all_events(functions: Iterable[Node]) -> Iterator[Node]:
    """The events of all functions of a file."""
    for function in functions:
        yield from expanded_items(function.get("events"))
