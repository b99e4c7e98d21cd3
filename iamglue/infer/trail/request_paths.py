"""The resources of API Gateway's own API: the paths of its requests.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-iam-policy-examples.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from iamglue.catalog.sdk_methods import client_operations
from iamglue.infer.code.sdk_models import operation_members, request_uri
from iamglue.infer.trail.parameter_values import ParameterPath, parameter_path, texts_at

_CLIENTS = ("apigateway", "apigatewayv2")
_ANY = "*"
_VARIABLE = re.compile(r"\{([^{}]+)\}")
_NEVER = re.compile(r"[\x00-\x1f\x7f*?/]|\$\{")
_MAX_NAME = 256
# The ARNs of version 2 of the API have the paths without `/v2`.
_VERSION = "/v2"


@dataclass(frozen=True, slots=True)
class RequestPath:
    """The path of an operation's request, `/restapis/{restapi_id}`, and the parameter of each of its variables."""

    template: str
    parameters: tuple[tuple[str, ParameterPath], ...]


def has_request_paths(client: str) -> bool:
    """Whether the resources of a client's operations are the paths of its requests."""
    return client in _CLIENTS


@lru_cache(maxsize=2048)
def request_paths(client: str, operation: str) -> tuple[RequestPath, ...]:
    """The paths of the requests of both versions of API Gateway's API that have the operation."""
    clients = [name for name in dict.fromkeys((client, *_CLIENTS)) if operation in client_operations(name)]
    return tuple(_request_path(name, operation) for name in clients) if has_request_paths(client) else ()


def requested_path(client: str, operation: str, values: Mapping[str, object], partition: str, region: str) -> str:
    """The ARN of the path that a record's parameters give; "*" if they do not say which of the two APIs it was."""
    paths = request_paths(client, operation)
    filled = {_fill_path(path, values) for path in paths}
    complete = [text for text in filled if _ANY not in text]
    chosen = complete if len(complete) == 1 else list(filled)
    return f"arn:{partition}:apigateway:{region or _ANY}::{chosen[0]}" if len(chosen) == 1 else _ANY


def _request_path(client: str, operation: str) -> RequestPath:
    """The path of an operation, and the parameters in which CloudTrail has its variables."""
    template = request_uri(client, operation).partition("?")[0].removeprefix(_VERSION)
    names = {
        str(described.get("locationName", member)): member
        for member, described in operation_members(client, operation).items()
    }
    variables = [name.removesuffix("+") for name in _VARIABLE.findall(template)]
    return RequestPath(
        template,
        tuple((name, parameter_path(names[name][:1].lower() + names[name][1:])) for name in variables if name in names),
    )


def _fill_path(path: RequestPath, values: Mapping[str, object]) -> str:
    given = {name: next(iter(texts_at(values, parameter)), "") for name, parameter in path.parameters}
    return _VARIABLE.sub(lambda match: _path_segment(given.get(match[1].removesuffix("+"), "")), path.template)


def _path_segment(text: str) -> str:
    return text if text and len(text) <= _MAX_NAME and not _NEVER.search(text) else _ANY
