"""Routes of APIs that call a function without authorization, of a Terraform configuration or plan.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/api_gateway_method
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/apigatewayv2_route
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iamglue.policy.patterns.variables import substitute_parameters
from iamglue.readers.templates.account_draft import AccountDraft
from iamglue.readers.templates.api_routes import find_invoked
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
from iamglue.readers.templates.template_functions import FunctionIndex
from iamglue.readers.terraform.reference_values import attribute_parameter
from iamglue.readers.terraform.resources import TerraformResource

_METHOD, _INTEGRATION, _PATH = "aws_api_gateway_method", "aws_api_gateway_integration", "aws_api_gateway_resource"
_REST_API, _REST_POLICY = "aws_api_gateway_rest_api", "aws_api_gateway_rest_api_policy"
_API, _ROUTE, _TARGET = "aws_apigatewayv2_api", "aws_apigatewayv2_route", "aws_apigatewayv2_integration"
_API_RESOURCES = frozenset({_METHOD, _INTEGRATION, _PATH, _REST_API, _REST_POLICY, _API, _ROUTE, _TARGET})
_COPIED = ("rest_api_id", "resource_id", "http_method")  # arguments of a method that its integration refers to
_CONNECT = "$connect"


class ApiRoutes:
    """The routes of the APIs of a configuration."""

    def __init__(self, resources: Iterable[TerraformResource], draft: AccountDraft) -> None:
        self._draft = draft
        self._by_kind: dict[str, list[TerraformResource]] = {}
        for resource in resources:
            if resource.kind in _API_RESOURCES:
                self._by_kind.setdefault(resource.kind, []).append(resource)
        self._copied = {
            attribute_parameter(resource.address, name): resource.text(name)
            for resource in (*self._of(_METHOD), *self._of(_PATH))
            for name in _COPIED
            if resource.text(name)
        }

    def add_open_routes(self, functions: FunctionIndex) -> None:
        """Add the open routes to the functions that they call."""
        self._add_methods(functions)
        self._add_routes(functions)

    def _add_methods(self, functions: FunctionIndex) -> None:
        """Add the methods of REST APIs; preflight requests have no credentials."""
        apis, paths = self._by_id(_REST_API), self._by_id(_PATH)
        policies = {self._text(policy, "rest_api_id") for policy in self._of(_REST_POLICY)}
        uris = {self._copied_texts(item): self._text(item, "uri") for item in self._of(_INTEGRATION)}
        for method in self._of(_METHOD):
            api_text, path_text, verb = key = self._copied_texts(method)
            if is_preflight(verb):
                continue
            api = apis.get(api_text)
            add_route(
                find_invoked(uris.get(key, ""), functions),
                _label(api, api_text),
                f"{verb} {self._path(path_text, paths)}",
                authorization_access(method.possible_texts("authorization")),
                key_access(method.possible_texts("api_key_required")),
                *_rest_api_access(api, has_policy=api_text in policies),
            )

    def _add_routes(self, functions: FunctionIndex) -> None:
        """Add the routes of HTTP APIs, and of WebSocket APIs, whose clients are asked only when they connect."""
        apis, targets = self._by_id(_API), self._by_id(_TARGET)
        connections = {
            self._text(route, "api_id"): authorization_access(route.possible_texts("authorization_type"))
            for route in self._of(_ROUTE)
            if route.text("route_key") == _CONNECT
        }
        for api in apis.values():
            if api.text("target") and api.text("protocol_type") == "HTTP":  # made for one function, without authorizers
                key = api.text("route_key") or "$default"
                add_route(find_invoked(self._text(api, "target"), functions), api.label, key)
        for route in self._of(_ROUTE):
            api_text, key = self._text(route, "api_id"), route.text("route_key")
            target = targets.get(self._text(route, "target").removeprefix("integrations/"))
            if target is None or is_preflight(key.partition(" ")[0]):
                continue
            owner = apis.get(api_text)
            access = [authorization_access(route.possible_texts("authorization_type"))]
            if owner is None:
                access.append(API_NOT_IN_TEMPLATE)
            elif owner.text("protocol_type") == "WEBSOCKET":
                access = [connections.get(api_text, OPEN), key_access(route.possible_texts("api_key_required"))]
            function = find_invoked(self._text(target, "integration_uri"), functions)
            add_route(function, _label(owner, api_text), key, *access)

    def _of(self, kind: str) -> list[TerraformResource]:
        return self._by_kind.get(kind, [])

    def _by_id(self, kind: str) -> dict[str, TerraformResource]:
        """The resources of a kind by the text of the reference to their id."""
        references = ((f"${{{attribute_parameter(item.address, 'id')}}}", item) for item in self._of(kind))
        return {self._draft.fill_references(reference): item for reference, item in references}

    def _text(self, resource: TerraformResource, name: str) -> str:
        """The text of an argument; what it copies of another resource is filled in."""
        text = substitute_parameters(substitute_parameters(resource.text(name), self._copied), self._copied)
        return self._draft.fill_references(text)

    def _copied_texts(self, resource: TerraformResource) -> tuple[str, str, str]:
        api, path, verb = (self._text(resource, name) for name in _COPIED)
        return api, path, verb.upper()

    def _path(self, text: str, paths: Mapping[str, TerraformResource]) -> str:
        """The path of a resource of a REST API."""
        parts: list[str] = []
        seen: set[str] = set()
        while text in paths and text not in seen:
            seen.add(text)
            parts.append(paths[text].text("path_part"))
            text = self._text(paths[text], "parent_id")
        return "/" + "/".join(reversed(parts))


def _rest_api_access(api: TerraformResource | None, *, has_policy: bool) -> list[RouteAccess]:
    """What else may decide who calls a REST API."""
    if api is None:
        return [API_NOT_IN_TEMPLATE]
    types = tuple(text for block in api.blocks("endpoint_configuration") for text in block.texts("types"))
    access = [endpoint_access(types)]
    if has_policy or api.text("policy"):
        access.append(API_POLICY)
    if api.text("body"):
        access.append(OPENAPI_DEFINITION)
    return access


def _label(api: TerraformResource | None, reference: str) -> str:
    """The name of an API in messages."""
    return api.label if api is not None else reference
