"""The arguments of a tool: their JSON Schema, and the values of a call, checked.

An argument that a tool does not have is an error: a policy under a wrong name must not be left out of a decision.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic_core import ErrorDetails

from iamglue.errors import IamglueError, MultipleErrors
from iamglue.spelling import did_you_mean

_UNKNOWN, _MISSING, _TOO_LONG = "extra_forbidden", "missing", "string_too_long"

_TYPES = {"string_type": "a string", "list_type": "a list", "dict_type": "an object", "bool_type": "true or false"}
_ENTRY = 'an entry is an object whose key is the service, such as {"s3": "images-bucket", "do": "get"}'
_EXAMPLES = {
    **dict.fromkeys(("reads", "writes", "calls"), _ENTRY),
    "triggers": 'a trigger is an object such as {"s3": "images-bucket"}',
}


def argument_schema(function: Callable[..., object]) -> dict[str, Any]:
    """The JSON Schema of a function's arguments."""
    schema: dict[str, Any] = _model(function).model_json_schema()
    return schema


def read_arguments(function: Callable[..., object], values: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call for the function; a null is an argument that is not given.

    Raises IamglueError, or MultipleErrors, for arguments that are missing, unknown or not valid.
    """
    model = _model(function)
    try:
        arguments = model.model_validate({name: value for name, value in values.items() if value is not None})
    except ValidationError as error:
        problems = [_problem(function.__name__, detail, [*model.model_fields]) for detail in error.errors()]
        raise (MultipleErrors(problems) if len(problems) > 1 else problems[0]) from error
    return {name: getattr(arguments, name) for name in arguments.model_fields_set}


@lru_cache(maxsize=64)
def _model(function: Callable[..., object]) -> type[BaseModel]:
    """The model of a function's parameters, with their annotations and defaults."""
    fields: dict[str, Any] = {
        name: (parameter.annotation, ... if parameter.default is parameter.empty else parameter.default)
        for name, parameter in inspect.signature(function, eval_str=True).parameters.items()
    }
    model: type[BaseModel] = create_model(function.__name__, __config__=ConfigDict(extra="forbid"), **fields)
    return model


def _problem(tool: str, detail: ErrorDetails, names: Sequence[str]) -> IamglueError:
    """A problem of an argument in plain words; the value, which may be long, is not quoted."""
    name, kind = str(detail["loc"][0]), detail["type"]
    if kind == _UNKNOWN:
        hint = did_you_mean(name, names) or f"its arguments are {', '.join(names)}"
        return IamglueError(f"`{name[:100]}` is not an argument of {tool}", hint=hint)
    if kind == _MISSING:
        return IamglueError(f"{tool} needs the argument `{name}`")
    place = "/".join(str(part)[:100] for part in detail["loc"])
    if kind == _TOO_LONG:
        limit, length = detail["ctx"]["max_length"], len(str(detail["input"]))
        return IamglueError(f"`{place}` has {length:,} characters, more than the limit of {limit:,}")
    if kind in _TYPES:
        return IamglueError(f"`{place}` must be {_TYPES[kind]}", hint=_EXAMPLES.get(name))
    message = detail["msg"]
    return IamglueError(f"`{place}` is not valid: {message[:1].lower()}{message[1:]}")
