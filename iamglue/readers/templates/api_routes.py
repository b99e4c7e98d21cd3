"""Routes of APIs that call a function without authorization, of CloudFormation and SAM templates.

A route counts only if the template says that nobody is asked who they are. If a value decides it that is not known
before deployment, or something that is not evaluated (a resource policy, a definition in OpenAPI, an API of another
stack), that is recorded as not evaluated. Of a WebSocket API, the route `$connect` decides for all.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-method.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-route.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-apifunctionauth.html
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-httpapifunctionauth.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from iamglue.policy.source.nodes import Node
from iamglue.readers.templates.function_draft import FunctionDraft
from iamglue.readers.templates.open_routes import (
    API_NOT_IN_TEMPLATE,
    API_POLICY,
    OPEN,
    OPENAPI_DEFINITION,
    RouteAccess,
    add_route,
    authorization_access,
    endpoint_access,
    is_preflight,
    key_access,
)
from iamglue.readers.templates.template_documents import single_reference
from iamglue.readers.templates.template_functions import FunctionIndex
from iamglue.readers.templates.template_properties import ResourceProperties, resource_of_reference

_INVOKED = re.compile(r":lambda:path/[\d-]+/functions/(.+)/invocations")
_REST_API, _HTTP_API, _ROUTE = "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Route"
_CONNECT, _WEBSOCKET = "$connect", "WEBSOCKET"
# SAM event -> the property that names its API, the type of such APIs, and their section of Globals.
_SAM_EVENTS = {
    "Api": ("RestApiId", "AWS::Serverless::Api", "Api"),
    "HttpApi": ("ApiId", "AWS::Serverless::HttpApi", "HttpApi"),
}
# What the reader of serverless.yml adds to a function: its routes, each with a reason if it is not known.
DECLARED_ROUTES = "DeclaredOpenRoutes"
_Resources = Mapping[str, ResourceProperties]


def add_open_routes(resources: _Resources, sections: Node | None, functions: FunctionIndex) -> None:
    """Add the open routes of APIs to the functions that they call; `sections` are the `Globals` of a SAM template."""
    connections = _connections(resources)
    for properties in resources.values():
        kind = properties.resource.type
        if kind == "AWS::ApiGateway::Method":
            _add_method(properties, resources, functions)
        elif kind == _ROUTE:
            _add_route(properties, resources, connections, functions)
        elif kind == _HTTP_API and properties.text("ProtocolType") == "HTTP" and not properties.has("CredentialsArn"):
            key = properties.text("RouteKey") or "$default"
            function = find_invoked(properties.text("Target"), functions)
            add_route(function, properties.id, key)
        elif kind == "AWS::Lambda::Function":
            for route in properties.items(DECLARED_ROUTES):
                reason = route.text("Unknown")
                access = RouteAccess(None, reason) if reason else OPEN
                function = functions.find(properties.id)
                kind = route.text("Kind") or "API"
                add_route(function, route.text("Api"), route.text("Route"), access, kind=kind)
        elif kind == "AWS::Serverless::Function":
            _add_sam_routes(properties, resources, sections, functions.find(properties.id))


def find_invoked(uri: str, functions: FunctionIndex) -> FunctionDraft | None:
    """The function that the URI of an integration invokes: its ARN, or API Gateway's path to it."""
    invoked = _INVOKED.search(uri)
    return functions.find(invoked[1] if invoked else uri) if uri else None


def _add_method(method: ResourceProperties, resources: _Resources, functions: FunctionIndex) -> None:
    """Add a method of a REST API; preflight requests have no credentials."""
    verb, api = method.text("HttpMethod").upper(), resource_of_reference(method.text("RestApiId"), resources)
    if is_preflight(verb):
        return
    resource = resource_of_reference(method.text("ResourceId"), resources)
    path = _path(resource, resources) if resource is not None else "/"
    add_route(
        find_invoked(method.text("Integration", "Uri"), functions),
        _name(api, method.text("RestApiId")),
        f"{verb} {path}",
        authorization_access(method.possible_texts("AuthorizationType")),
        key_access(method.possible_texts("ApiKeyRequired")),
        *_rest_api_access(api),
    )


def _rest_api_access(api: ResourceProperties | None) -> Iterator[RouteAccess]:
    """What else may decide who calls a REST API."""
    if api is None or api.resource.type != _REST_API:
        yield API_NOT_IN_TEMPLATE
        return
    yield endpoint_access(api.texts("EndpointConfiguration", "Types"))
    if api.has("Policy"):
        yield API_POLICY
    if api.has("Body") or api.has("BodyS3Location"):
        yield OPENAPI_DEFINITION


def _name(api: ResourceProperties | None, reference: str) -> str:
    """The name of an API in messages."""
    return api.id if api is not None else single_reference(reference) or reference


def _path(resource: ResourceProperties | None, resources: _Resources) -> str:
    """The path of a resource of a REST API; with `...` for a parent that is not in the template."""
    parts: list[str] = []
    seen: set[str] = set()
    while resource is not None and resource.id not in seen and resource.resource.type == "AWS::ApiGateway::Resource":
        seen.add(resource.id)
        parts.append(resource.text("PathPart"))
        resource = resource_of_reference(resource.text("ParentId"), resources)
    return "/" + "/".join(reversed(parts))


def _connections(resources: _Resources) -> dict[str, RouteAccess]:
    """Who may connect to each WebSocket API that has a route for it, by the API's logical ID."""
    connections = {}
    for route in resources.values():
        if route.resource.type == _ROUTE and route.text("RouteKey") == _CONNECT:
            api = single_reference(route.text("ApiId"))
            if api is not None:
                connections[api] = authorization_access(route.possible_texts("AuthorizationType"))
    return connections


def _add_route(
    route: ResourceProperties,
    resources: _Resources,
    connections: Mapping[str, RouteAccess],
    functions: FunctionIndex,
) -> None:
    """Add a route of an HTTP API, or of a WebSocket API, whose clients are asked only when they connect."""
    key, api = route.text("RouteKey"), resource_of_reference(route.text("ApiId"), resources)
    integration = resource_of_reference(route.text("Target").removeprefix("integrations/"), resources)
    if integration is None or is_preflight(key.partition(" ")[0]):
        return
    access = [authorization_access(route.possible_texts("AuthorizationType"))]
    if api is None or api.resource.type != _HTTP_API:
        access.append(API_NOT_IN_TEMPLATE)
    elif api.text("ProtocolType") == _WEBSOCKET:
        access = [connections.get(api.id, OPEN), key_access(route.possible_texts("ApiKeyRequired"))]
    function = find_invoked(integration.text("IntegrationUri"), functions)
    add_route(function, _name(api, route.text("ApiId")), key, *access)


def _add_sam_routes(
    function: ResourceProperties, resources: _Resources, sections: Node | None, draft: FunctionDraft | None
) -> None:
    """Add the open routes of a function's events."""
    for _, event in function.map_items("Events"):
        kind, node = event.text("Type"), event.node("Properties")
        inner = event.nested(node) if node is not None else event
        if kind not in _SAM_EVENTS or (kind == "Api" and not inner.text("Path")):
            continue
        name, api_type, section = _SAM_EVENTS[kind]
        explicit = resource_of_reference(inner.text(name), resources) if inner.has(name) else None
        implicit = sections.get(section) if sections is not None else None
        api = explicit or (function.nested(implicit) if implicit is not None else None)
        verb = inner.text("Method").upper() or "ANY"
        if is_preflight(verb):
            continue
        access = list(_sam_access(inner, api))
        if inner.has(name) and (explicit is None or explicit.resource.type != api_type):
            access.append(API_NOT_IN_TEMPLATE)
        default = "ServerlessRestApi" if kind == "Api" else "ServerlessHttpApi"
        label = _name(explicit, inner.text(name)) if inner.has(name) else default
        route = f"{verb} {inner.text('Path')}" if inner.has("Path") else "$default"
        add_route(draft, label, route, *access)


def _sam_access(event: ResourceProperties, api: ResourceProperties | None) -> Iterator[RouteAccess]:
    """Who may call the route of an event: by its own settings, or those of its API by default."""
    owners = [owner for owner in (event, api) if owner is not None]
    for owner in owners:
        if owner.has("Auth", "ApiKeyRequired"):
            yield key_access(owner.possible_texts("Auth", "ApiKeyRequired"))
            break
    named = event.possible_texts("Auth", "Authorizer")
    if not any(named) and api is not None:
        named = api.possible_texts("Auth", "DefaultAuthorizer")
    yield authorization_access(named)
    if any(owner.has("Auth", "ResourcePolicy") for owner in owners):
        yield API_POLICY
    if api is not None:
        types = (api.text("EndpointConfiguration"), api.text("EndpointConfiguration", "Type"))
        yield endpoint_access(types)
        if api.has("DefinitionBody") or api.has("DefinitionUri"):
            yield OPENAPI_DEFINITION
