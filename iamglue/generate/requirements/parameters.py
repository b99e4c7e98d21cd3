"""Deployment parameters `${Name}` of a function: lists them and substitutes their values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from typing import Any

from iamglue.errors import Location
from iamglue.generate.requirements.arn_validation import whole_arn_parameter
from iamglue.model.permission_set import DeploymentParameter
from iamglue.model.spec import AccessEntry, SpecFunction, SpecResource, Trigger
from iamglue.policy.patterns.variables import TokenKind, deployment_parameter_names, substitute_parameters, tokenize


def parameter_names(function: SpecFunction) -> tuple[str, ...]:
    """The names of the function's parameters, sorted."""
    return tuple(sorted({name for text in _strings(function) for name in deployment_parameter_names(text)}))


def declared_parameters(function: SpecFunction, names: Sequence[str]) -> tuple[DeploymentParameter, ...]:
    """The function's parameters with these names; each says whether its value is a whole ARN."""
    if not names:
        return ()
    whole = {
        name
        for resource in _resources(function)
        for name in deployment_parameter_names(whole_arn_parameter(resource) or "")
    }
    return tuple(DeploymentParameter(name, name in whole) for name in names)


def substitute_function_parameters(function: SpecFunction, values: Mapping[str, str]) -> SpecFunction:
    """The function with every parameter that is in `values` replaced, in all its texts."""
    known = dict(values)
    return replace_function_texts(function, lambda text: substitute_parameters(text, known))


def replace_function_texts(function: SpecFunction, replacement: Callable[[str], str]) -> SpecFunction:
    """The function with what `replacement` returns for each of its texts."""
    replaced = _replace_texts(function, replacement)
    if not isinstance(replaced, SpecFunction):
        raise TypeError(function)
    return replaced


def entries_and_triggers(value: Any) -> Iterator[AccessEntry | Trigger]:
    """Yield the entries and triggers of a function, and the destinations in them and in its settings."""
    if isinstance(value, AccessEntry | Trigger):
        yield value
    for part in _inner_values(value):
        yield from entries_and_triggers(part)


def _replace_texts(value: Any, replacement: Callable[[str], str]) -> Any:
    """The value with its texts replaced, also in tuples and dataclasses."""
    if isinstance(value, Enum | Location):
        return value
    if isinstance(value, str):
        return replacement(value)
    if isinstance(value, tuple):
        return tuple(_replace_texts(item, replacement) for item in value)
    if isinstance(value, SpecResource) and (whole := whole_arn_parameter(value)):
        text = replacement(whole)
        # A parameter in the place of another is a whole ARN as well.
        is_parameter = len(tokens := tokenize(text)) == 1 and tokens[0].kind is TokenKind.PARAMETER
        return SpecResource(variables=(("Arn", text),)) if is_parameter else SpecResource(text)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _replace_texts(getattr(value, f.name), replacement) for f in fields(value)})
    return value


def _strings(value: Any) -> Iterator[str]:
    """Yield all texts of a value in which parameters may be used."""
    if isinstance(value, str):
        if not isinstance(value, Enum):
            yield value
        return
    for part in _inner_values(value):
        if part is not None:
            yield from _strings(part)


def _resources(value: Any) -> Iterator[SpecResource]:
    """Yield the resources anywhere in a function, such as those of destinations."""
    if isinstance(value, SpecResource):
        yield value
    for part in _inner_values(value):
        yield from _resources(part)


def _inner_values(value: Any) -> tuple[Any, ...]:
    """The items of a tuple or the fields of a dataclass."""
    return (
        value if isinstance(value, tuple) else tuple([getattr(value, name) for name in _field_names(value.__class__)])
    )


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    """The fields that may contain parameters. In the prose of `why` and `description`, `${...}` is only text."""
    if not is_dataclass(kind) or issubclass(kind, Location):
        return ()
    return tuple(field.name for field in fields(kind) if field.name not in ("why", "description"))
