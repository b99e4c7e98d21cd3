"""Adds the permissions that SAM creates for the Lambda authorizers of APIs, and for the routes of WebSocket APIs.

Follows AWS's translator: https://github.com/aws/serverless-application-model, aws-sam-translator 1.115.0
"""

from __future__ import annotations

from collections.abc import Iterable

from iamglue.readers.templates.account_draft import deployment_arn
from iamglue.readers.templates.template_functions import FunctionIndex
from iamglue.readers.templates.template_properties import ResourceProperties

_API, _HTTP_API, _WEB_SOCKET_API = (f"AWS::Serverless::{name}" for name in ("Api", "HttpApi", "WebSocketApi"))


def add_api_permissions(resources: Iterable[ResourceProperties], functions: FunctionIndex) -> None:
    """Add the permissions to the functions of the template that the APIs name."""
    for api in resources:
        if api.resource.type in (_API, _HTTP_API):
            for name, authorizer in api.map_items("Auth", "Authorizers"):
                if _has_permission(api.resource.type, authorizer):
                    _add_permission(f"{api.id}{name}AuthorizerPermission", api, authorizer, "authorizers/*", functions)
        elif api.resource.type == _WEB_SOCKET_API:
            auth = api.node("Auth")
            if auth is not None and api.has("Auth", "AuthArn"):
                _add_permission(f"{api.id}AuthorizerPermission", api, api.nested(auth), "authorizers/*", functions)
            for key, route in api.map_items("Routes"):
                _add_permission(f"{api.id}{key}Permission", api, route, f"{api.text('StageName')}/{key}", functions)


def _has_permission(kind: str, authorizer: ResourceProperties) -> bool:
    """Whether SAM creates the permission: by default for REST APIs, on demand for HTTP APIs."""
    if kind == _API:
        return authorizer.text("DisableFunctionDefaultPermissions") != "true"
    return authorizer.text("EnableFunctionDefaultPermissions") == "true"


def _add_permission(
    sid: str, api: ResourceProperties, invoked: ResourceProperties, suffix: str, functions: FunctionIndex
) -> None:
    """Add the permission of an API to invoke the function that an authorizer or a route names."""
    function = functions.find(invoked.text("FunctionArn") or invoked.text("AuthArn"))
    if function is None:
        return
    source = deployment_arn("execute-api", f"${{{api.id}}}/{suffix}")
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": function.function.arn,
        "Condition": {"ArnLike": {"aws:SourceArn": source}},
    }
    function.add_statement(statement, invoked.resource.properties)
