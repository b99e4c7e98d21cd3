"""Routes of APIs that call a function without authorization, of CloudFormation and SAM templates.

A route counts only if the template says that nobody is asked who they are: an API with a resource policy, an API key, a
body in OpenAPI, a private endpoint or a value that is not known before deployment is left out.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-method.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-route.html
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-apifunctionauth.html
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-httpapifunctionauth.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from iamglue.model.account import OpenRoute
from iamglue.policy.source.nodes import Node
from iamglue.readers.templates.account_draft import FunctionDraft
from iamglue.readers.templates.template_documents import single_reference
from iamglue.readers.templates.template_functions import FunctionIndex
from iamglue.readers.templates.template_properties import ResourceProperties

_INVOKED = re.compile(r":lambda:path/[\d-]+/functions/(.+)/invocations")
_NONE, _PREFLIGHT = "NONE", "OPTIONS"
_REST_API, _HTTP_API = "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"
# SAM event -> the property that names its API, the type of such APIs, and their section of Globals.
_SAM_EVENTS = {
    "Api": ("RestApiId", "AWS::Serverless::Api", "Api"),
    "HttpApi": ("ApiId", "AWS::Serverless::HttpApi", "HttpApi"),
}
# What the reader of serverless.yml adds to a function: its open routes.
DECLARED_ROUTES = "DeclaredOpenRoutes"
_Resources = Mapping[str, ResourceProperties]


def add_open_routes(resources: _Resources, sections: Node | None, functions: FunctionIndex) -> None:
    """Add the open routes of APIs to the functions that they call; `sections` are the `Globals` of a SAM template."""
    for properties in resources.values():
        kind = properties.resource.type
        if kind == "AWS::ApiGateway::Method":
            _add_method(properties, resources, functions)
        elif kind == "AWS::ApiGatewayV2::Route":
            _add_route(properties, resources, functions)
        elif kind == _HTTP_API and properties.text("ProtocolType") == "HTTP" and not properties.has("CredentialsArn"):
            key = properties.text("RouteKey") or "$default"
            _add_open(find_invoked(properties.text("Target"), functions), properties.id, key)
        elif kind == "AWS::Lambda::Function":
            for route in properties.items(DECLARED_ROUTES):
                _add_open(functions.find(properties.id), route.text("Api"), route.text("Route"))
        elif kind == "AWS::Serverless::Function":
            function = functions.find(properties.id)
            if function is not None:
                function.open_routes += _sam_routes(properties, resources, sections)


def find_invoked(uri: str, functions: FunctionIndex) -> FunctionDraft | None:
    """The function that the URI of an integration invokes: its ARN, or API Gateway's path to it."""
    invoked = _INVOKED.search(uri)
    return functions.find(invoked[1] if invoked else uri) if uri else None


def _add_open(function: FunctionDraft | None, api: str, route: str) -> None:
    if function is not None:
        function.open_routes.append(OpenRoute(api, route))


def _add_method(method: ResourceProperties, resources: _Resources, functions: FunctionIndex) -> None:
    """Add a method of a REST API; preflight requests have no credentials."""
    verb, api = method.text("HttpMethod").upper(), _referenced(method.text("RestApiId"), resources)
    is_open = method.text("AuthorizationType") == _NONE and method.text("ApiKeyRequired") in ("", "false")
    if not is_open or verb == _PREFLIGHT or api is None or _is_restricted(api):
        return
    resource = _referenced(method.text("ResourceId"), resources)
    path = _path(resource, resources) if resource is not None else "/"
    _add_open(find_invoked(method.text("Integration", "Uri"), functions), api.id, f"{verb} {path}")


def _is_restricted(api: ResourceProperties) -> bool:
    """Whether something else may decide who calls a REST API: a resource policy, or the body of the API."""
    is_public = not any("PRIVATE" in text for text in api.texts("EndpointConfiguration", "Types"))
    return not is_public or any(api.has(name) for name in ("Policy", "Body", "BodyS3Location"))


def _path(resource: ResourceProperties | None, resources: _Resources) -> str:
    """The path of a resource of a REST API; with `...` for a parent that is not in the template."""
    parts: list[str] = []
    seen: set[str] = set()
    while resource is not None and resource.id not in seen and resource.resource.type == "AWS::ApiGateway::Resource":
        seen.add(resource.id)
        parts.append(resource.text("PathPart"))
        resource = _referenced(resource.text("ParentId"), resources)
    return "/" + "/".join(reversed(parts))


def _add_route(route: ResourceProperties, resources: _Resources, functions: FunctionIndex) -> None:
    """Add a route of an HTTP API, or the one with which clients of a WebSocket API connect."""
    key, api = route.text("RouteKey"), _referenced(route.text("ApiId"), resources)
    if api is None or api.resource.type != _HTTP_API or route.text("AuthorizationType") not in ("", _NONE):
        return
    is_entry = key == "$connect" if api.text("ProtocolType") == "WEBSOCKET" else not key.startswith(_PREFLIGHT)
    integration = _referenced(route.text("Target").removeprefix("integrations/"), resources)
    if is_entry and integration is not None and route.text("ApiKeyRequired") in ("", "false"):
        _add_open(find_invoked(integration.text("IntegrationUri"), functions), api.id, key)


def _referenced(text: str, resources: _Resources) -> ResourceProperties | None:
    """The resource that a text refers to; None if it is not in the template."""
    reference = single_reference(text)
    return resources.get(reference.partition(".")[0]) if reference else None


def _sam_routes(function: ResourceProperties, resources: _Resources, sections: Node | None) -> Iterable[OpenRoute]:
    """The open routes of a function's events."""
    for _, event in function.map_items("Events"):
        kind, node = event.text("Type"), event.node("Properties")
        inner = event.nested(node) if node is not None else event
        if kind not in _SAM_EVENTS or (kind == "Api" and not inner.text("Path")):
            continue
        name, api_type, section = _SAM_EVENTS[kind]
        explicit = _referenced(inner.text(name), resources) if inner.has(name) else None
        if inner.has(name) and (explicit is None or explicit.resource.type != api_type):
            continue
        implicit = sections.get(section) if sections is not None else None
        api = explicit or (function.nested(implicit) if implicit is not None else None)
        if not _has_authorization(inner, api):
            verb = inner.text("Method").upper() or "ANY"
            route = f"{verb} {inner.text('Path')}" if inner.has("Path") else "$default"
            default = "ServerlessRestApi" if kind == "Api" else "ServerlessHttpApi"
            if verb != _PREFLIGHT:
                yield OpenRoute(explicit.id if explicit is not None else default, route)


def _has_authorization(event: ResourceProperties, api: ResourceProperties | None) -> bool:
    """Whether an event, or its API by default, asks who calls, or something else may decide it."""
    owners = [owner for owner in (event, api) if owner is not None]
    if any(owner.has("Auth", "ResourcePolicy") for owner in owners):
        return True
    keys = [owner.text("Auth", "ApiKeyRequired") for owner in owners if owner.has("Auth", "ApiKeyRequired")]
    if keys[:1] not in ([], ["false"]):
        return True
    if api is not None and any(map(api.has, ("DefinitionBody", "DefinitionUri"))):
        return True
    if api is not None and any("PRIVATE" in text for text in _endpoint_types(api)):
        return True
    named = event.text("Auth", "Authorizer") or (api.text("Auth", "DefaultAuthorizer") if api is not None else "")
    return named not in ("", _NONE)


def _endpoint_types(api: ResourceProperties) -> Iterator[str]:
    yield api.text("EndpointConfiguration")
    yield api.text("EndpointConfiguration", "Type")
