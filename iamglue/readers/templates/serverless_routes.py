"""Routes of APIs that call a function without authorization, of a serverless.yml.

https://www.serverless.com/framework/docs/providers/aws/events/apigateway
https://www.serverless.com/framework/docs/providers/aws/events/http-api
"""

from __future__ import annotations

from collections.abc import Iterable

from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.templates.api_routes import DECLARED_ROUTES

_APIS = {"http": "ApiGatewayRestApi", "httpApi": "HttpApi"}
_PREFLIGHT, _PARAMETER = "OPTIONS", "${"


def open_routes(events: Iterable[Node], provider: Node) -> dict[str, list[dict[str, str]]]:
    """The property of a function with the open routes of its `http` and `httpApi` events."""
    routes = []
    for event in events:
        for name, api in _APIS.items():
            value = event.get(name)
            route = _route(value) if value is not None else ""
            if route and not (name == "http" and _is_restricted(provider)):
                routes.append({"Api": api, "Route": route})
    return {DECLARED_ROUTES: routes} if routes else {}


def _route(value: Node) -> str:
    """The method and path of an event; empty if it has an authorizer, needs an API key, or is not known."""
    if value.kind is NodeKind.SCALAR:
        method, _, path = value.text.partition(" ")
    elif value.kind is NodeKind.MAP and not any(_is_set(value.get(name)) for name in ("authorizer", "private")):
        method, path = (node.text if (node := value.get(name)) else "" for name in ("method", "path"))
    else:
        return ""
    if _PARAMETER in value.text or method.upper() == _PREFLIGHT:
        return ""
    if "*" in (method, path) and not path.strip("*"):
        return "$default"
    return f"{method.upper()} /{path.removeprefix('/')}" if method else ""


def _is_set(node: Node | None) -> bool:
    return node is not None and not node.is_null and node.text != "false"


def _is_restricted(provider: Node) -> bool:
    """Whether a resource policy or a private endpoint may decide who calls the REST API."""
    gateway = provider.get("apiGateway")
    policies = (provider.get("resourcePolicy"), gateway.get("resourcePolicy") if gateway is not None else None)
    endpoint = provider.get("endpointType")
    is_public = endpoint is None or endpoint.text.lower() in ("edge", "regional")
    return not is_public or any(map(_is_set, policies))
