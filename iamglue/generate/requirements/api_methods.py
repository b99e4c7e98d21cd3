"""API Gateway's methods and routes as the variables of an execute-api ARN.

https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html
"""

from __future__ import annotations

import re

from iamglue.catalog.spelling import did_you_mean
from iamglue.errors import IamglueError, Location
from iamglue.model.spec import SpecResource

_PARTS = ("api", "stage", "method", "path")
_METHODS = ("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "*")
_PATH_PARAMETER = re.compile(r"(?<!\$)\{[^{}/]+\}")


def method_resource(resource: SpecResource, location: Location) -> SpecResource:
    """`{api, stage, method, path}` as the ARN's variables; a part that is left out is any (`*`).

    A path parameter `{id}` is any text. A method that begins with `$` is a route key (`$default`, `$connect`), which
    has no path. Raises IamglueError for a part or method that there is none of.
    """
    if resource.text is not None:
        return resource if resource.text.startswith("arn:") else method_resource(_named(resource.text), location)
    given = dict(resource.variables)
    if set(given) == {"Arn"}:
        return resource
    _check(given, location)
    method = given.get("method", "*")
    stage = given.get("stage", "*")
    if method.startswith("$") and not method.startswith("${"):
        return _route(given, stage, location)
    upper = method if "${" in method else method.upper()
    if "${" not in upper and upper not in _METHODS:
        raise IamglueError(
            f"`{method}` is not a method of API Gateway; expected one of {', '.join(_METHODS[:-1])}",
            hint=did_you_mean(method, _METHODS) or "a WebSocket route is written with its `$`, as `$connect`",
            location=location,
        )
    path = _PATH_PARAMETER.sub("*", given.get("path", "*").removeprefix("/"))
    return _filled(given["api"], stage, ("method", "*" if upper == "ANY" else upper), ("path", path))


def unspecified_parts(resource: SpecResource) -> tuple[str, ...]:
    """The parts of `{api, stage, method, path}` that the spec leaves open."""
    if resource.text is not None:
        return () if resource.text.startswith("arn:") else _PARTS[1:]
    given = dict(resource.variables)
    if set(given) == {"Arn"}:
        return ()
    method = given.get("method", "")
    route = method.startswith("$") and not method.startswith("${")
    return tuple(part for part in _PARTS[1:] if part not in given and not (route and part == "path"))


def without_wildcard_parts(resource: SpecResource) -> SpecResource:
    """The resource without the parts that may be a lone `*`, for the check that triggers are no patterns."""
    if resource.text is not None:
        return SpecResource("/".join(part for part in resource.text.split("/") if part != "*"))
    return SpecResource(
        variables=tuple((name, value) for name, value in resource.variables if value != "*" or name == "api")
    )


def _named(text: str) -> SpecResource:
    return SpecResource(variables=(("api", text),))


def _route(given: dict[str, str], stage: str, location: Location) -> SpecResource:
    if "path" in given:
        raise IamglueError(f"the route `{given['method']}` has no path", hint="leave `path` out", location=location)
    return _filled(given["api"], stage, ("route", given["method"]))


def _filled(api: str, stage: str, *rest: tuple[str, str]) -> SpecResource:
    return SpecResource(variables=(("api", api), ("stage", stage), *rest))


def _check(given: dict[str, str], location: Location) -> None:
    for name in given:
        if name not in _PARTS:
            raise IamglueError(
                f"`{name}` is no part of an apigateway trigger; it has {', '.join(_PARTS)}",
                hint=did_you_mean(name, _PARTS),
                location=location,
            )
    if "api" not in given:
        raise IamglueError("an apigateway trigger needs `api`, the API's id", location=location)
    for name in ("api", "stage"):
        if "/" in given.get(name, ""):
            raise IamglueError(f"`{given[name]}` is not an API Gateway {name}: it holds a `/`", location=location)
