"""Converts API Gateway methods and routes to the variables of an execute-api ARN.

https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html
"""

from __future__ import annotations

import re

from iamglue.errors import IamglueError, Location
from iamglue.model.spec import SpecResource
from iamglue.spelling import did_you_mean

_PARTS = ("api", "stage", "method", "path")
_METHODS = ("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "*")
_AUTHORIZER = "authorizer"
# The key of a WebSocket route is `$connect`, `$disconnect`, `$default`, or a word that messages have.
_ROUTE_KEY = re.compile(r"[A-Za-z0-9_.-]+")
_PATH_PARAMETER = re.compile(r"(?<!\$)\{[^{}/]+\}")


def method_resource(resource: SpecResource, location: Location) -> SpecResource:
    """Convert `{api, stage, method, path}` or `{api, authorizer}` to the ARN's variables; a missing part becomes `*`.

    Without method and path, one `*` stands for both: the ARN of a WebSocket route has one part there. A path parameter
    `{id}` also becomes `*`. A method that begins with `$` is a route key (`$default`, `$connect`), as is one that is no
    HTTP method; a route has no path. Raises IamglueError for an unknown part or method.
    """
    if resource.text is not None:
        return resource if resource.text.startswith("arn:") else method_resource(_api_resource(resource.text), location)
    variables = dict(resource.variables)
    if set(variables) == {"Arn"}:
        return resource
    _check_parts(variables, location)
    if _AUTHORIZER in variables:
        return _build_resource(variables["api"], "authorizers", ("route", variables[_AUTHORIZER]))
    method = variables.get("method", "*")
    stage = variables.get("stage", "*")
    if "method" not in variables and "path" not in variables:
        return _build_resource(variables["api"], stage, ("route", "*"))
    if _is_route(method):
        return _route_resource(variables, stage, location)
    upper = method if "${" in method else method.upper()
    if "${" not in upper and upper not in _METHODS:
        raise IamglueError(
            f"`{method}` is not a valid method of API Gateway; expected one of {', '.join(_METHODS[:-1])}",
            hint=did_you_mean(method, _METHODS),
            location=location,
        )
    path = _PATH_PARAMETER.sub("*", variables.get("path", "*").removeprefix("/"))
    return _build_resource(variables["api"], stage, ("method", "*" if upper == "ANY" else upper), ("path", path))


def unspecified_parts(resource: SpecResource) -> tuple[str, ...]:
    """The parts of `{api, stage, method, path}` that are missing in the spec."""
    if resource.text is not None:
        return () if resource.text.startswith("arn:") else _PARTS[1:]
    variables = dict(resource.variables)
    if set(variables) == {"Arn"}:
        return ()
    if _AUTHORIZER in variables:
        return ()
    is_route = _is_route(variables.get("method", "*"))
    return tuple(part for part in _PARTS[1:] if part not in variables and not (is_route and part == "path"))


def without_wildcard_parts(resource: SpecResource) -> SpecResource:
    """The resource without parts that are `*`: a trigger may not be a pattern, but these parts may be `*`."""
    if resource.text is not None:
        return SpecResource("/".join(part for part in resource.text.split("/") if part != "*"))
    return SpecResource(
        variables=tuple((name, value) for name, value in resource.variables if value != "*" or name == "api")
    )


def _is_route(method: str) -> bool:
    """Whether the text is the key of a WebSocket or HTTP API route, and not a method, perhaps misspelled."""
    if method.startswith("$"):
        return not method.startswith("${")
    is_method = method.upper() in _METHODS or did_you_mean(method, _METHODS) is not None
    return not is_method and _ROUTE_KEY.fullmatch(method) is not None


def _api_resource(text: str) -> SpecResource:
    return SpecResource(variables=(("api", text),))


def _route_resource(variables: dict[str, str], stage: str, location: Location) -> SpecResource:
    """The variables of a WebSocket or HTTP API route. Raises IamglueError if it has a `path`."""
    if "path" in variables:
        raise IamglueError(f"the route `{variables['method']}` has no path", hint="leave `path` out", location=location)
    return _build_resource(variables["api"], stage, ("route", variables["method"]))


def _build_resource(api: str, stage: str, *rest: tuple[str, str]) -> SpecResource:
    return SpecResource(variables=(("api", api), ("stage", stage), *rest))


def _check_parts(variables: dict[str, str], location: Location) -> None:
    """Raise IamglueError for an unknown or missing key, an authorizer with other keys, and a `/` in an ID."""
    names = (*_PARTS, _AUTHORIZER)
    for name in variables:
        if name not in names:
            raise IamglueError(
                f"`{name}` is not a valid key of an apigateway trigger; the keys are {', '.join(names)}",
                hint=did_you_mean(name, names),
                location=location,
            )
    if _AUTHORIZER in variables and set(variables) != {"api", _AUTHORIZER}:
        message = "an authorizer belongs to the whole API: it has no stage, method or path"
        raise IamglueError(message, hint="write a separate trigger for the methods", location=location)
    if "api" not in variables:
        raise IamglueError("`api`, the API's ID, is missing in the apigateway trigger", location=location)
    for name in ("api", "stage", _AUTHORIZER):
        if "/" in variables.get(name, ""):
            message = f"`{variables[name]}` is not a valid API Gateway {name}: it contains a `/`"
            raise IamglueError(message, location=location)
