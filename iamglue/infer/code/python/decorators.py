"""Decorators: what a name is that a function or class with decorators is given to."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from iamglue.infer.code.python.abstract_objects import AbstractObject, ArgumentValues, Site, Values
from iamglue.infer.code.python.classes import ClassObject, InstanceObject
from iamglue.infer.code.python.extern import FUNCTIONS, ExternFunction, ExternObject
from iamglue.infer.code.python.functions import (
    BoundCallable,
    FunctionObject,
    GeneratorObject,
    RegisterObject,
    SetterObject,
)

_KINDS = {
    "builtins.staticmethod": "static",
    "builtins.classmethod": "class",
    "builtins.property": "property",
    "functools.cached_property": "property",
    "abc.abstractproperty": "property",
    "functools.singledispatch": "dispatch",
    "functools.singledispatchmethod": "dispatch",
}
# Packages whose decorators return the function with something around it, and call it only if the program does.
_WRAPPERS = frozenset(
    {"functools", "contextlib", "abc", "typing", "typing_extensions", "dataclasses", "builtins", "enum"}
    | {
        "aws_lambda_powertools",
        "aws_xray_sdk",
        "tenacity",
        "backoff",
        "retry",
        "retrying",
        "cachetools",
        "attr",
        "attrs",
    }
    | {"pytest", "moto", "unittest", "mock", "numba", "wrapt", "deprecated", "deprecation", "async_lru", "overrides"}
    | {"warnings", "lumigo_tracer", "sentry_sdk", "ddtrace", "asyncio", "threading", "typeguard", "beartype"}
    | {"pydantic", "ratelimit", "timeout_decorator", "stopit", "opentelemetry", "structlog", "loguru"}
)

# The methods of Powertools' resolvers that register a function.
# https://docs.powertools.aws.dev/lambda/python/latest/core/event_handler/api_gateway/
_ROUTES = frozenset(
    {"get", "post", "put", "delete", "patch", "head", "route", "resolver", "not_found", "exception_handler", "tool"}
    | {"on_publish", "on_subscribe", "async_on_publish", "batch_resolver", "async_batch_resolver"}
)


def decorate(obj: AbstractObject, decorators: Sequence[tuple[Values, ast.expr]], at: Site) -> Values:
    """What the decorators make of a function or class; the last is applied first."""
    values: Values = frozenset({obj})
    for decorator_values, node in reversed(decorators):
        values = _apply_decorators(values, decorator_values, node, at)
    return values


def _apply_decorators(values: Values, decorators: Values, node: ast.expr, at: Site) -> Values:
    """What any of the decorators makes of the values; the values themselves while nothing is known of it."""
    results: Values = frozenset()
    here = Site(at.machine, at.unit, node, at.path)
    for decorator in decorators:
        if isinstance(
            decorator, FunctionObject | BoundCallable | InstanceObject | ClassObject | SetterObject | RegisterObject
        ):
            made = decorator.call(ArgumentValues((values,)), here)
            # A decorator that is not evaluated yet, or registers the function and returns nothing.
            results |= made
            if isinstance(decorator, InstanceObject | ClassObject):
                results |= values
        elif isinstance(decorator, GeneratorObject):
            results |= values
        elif isinstance(decorator, ExternObject):
            results |= _apply_library_decorator(values, decorator, node, at)
        else:
            results |= values
    return results or values


def _apply_library_decorator(values: Values, decorator: ExternObject, node: ast.expr, at: Site) -> Values:
    """Functions of another kind for `property` and the like; else the same, which escape if the library calls them."""
    kind = _KINDS.get(decorator.name)
    if kind is not None:
        return _of_kind(values, kind)
    if decorator.package not in _WRAPPERS or _registers(decorator, node):
        for obj in values:
            obj.escape(at)
    return values


def _decorate_call(kind: str) -> ExternFunction:
    """What a call of a decorator gives, `client = property(_client)`: the function as one of that kind."""

    def call(arguments: ArgumentValues, at: Site) -> Values:  # noqa: ARG001 - called as all models are
        return _of_kind(next((values for values in arguments.all_values() if values), frozenset()), kind)

    return call


FUNCTIONS.update({name: _decorate_call(kind) for name, kind in _KINDS.items()})


def _of_kind(values: Values, kind: str) -> Values:
    """The functions of the program among values as static methods, class methods or properties."""
    return frozenset(
        FunctionObject(obj.code, obj.outer, obj.owner, kind) if isinstance(obj, FunctionObject) else obj
        for obj in values
    )


def _registers(decorator: ExternObject, node: ast.expr) -> bool:
    """Whether a decorator of Powertools registers a route or resolver: `@app.get("/orders")`."""
    called = node.func if isinstance(node, ast.Call) else node
    return decorator.package == "aws_lambda_powertools" and isinstance(called, ast.Attribute) and called.attr in _ROUTES
