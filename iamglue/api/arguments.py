"""Checks the arguments of the Python API, so that a value of a wrong type is an IamglueError that names it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache, wraps
from inspect import signature
from os import PathLike, fspath
from types import NoneType, UnionType
from typing import Any, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

from iamglue.errors import IamglueError

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")

_TYPE_NAMES = {str: "a string", bool: "true or false", int: "a whole number", NoneType: "None", PathLike: "a path"}
_HINTS = {
    "Policy": "read one with `iamglue.parse_policy` or `iamglue.load_policy`",
    "Spec": "read one with `iamglue.parse_spec` or `iamglue.load_spec`",
}


def check_arguments(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """The function with a check of its arguments: IamglueError for a value that is not of the declared type.

    A missing or unknown argument is a TypeError, as for every function.
    """

    @wraps(function)
    def call(*arguments: _Parameters.args, **keywords: _Parameters.kwargs) -> _Result:
        """Call the function; raises IamglueError for the first argument of a wrong type."""
        for name, value in _named_arguments(function, arguments, keywords):
            _check(name, value, _argument_types(function)[name])
        return function(*arguments, **keywords)

    return call


def path_text(path: str | PathLike[str]) -> str:
    """A path as a string."""
    return fspath(path)


def _named_arguments(
    function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> list[tuple[str, Any]]:
    """The arguments that are given, by name. Raises TypeError for a call that the function does not accept."""
    given = signature(function).bind(*arguments, **keywords).arguments
    options = given.pop("options", {})  # the keywords of a TypedDict
    for name in options:
        if name not in _argument_types(function):
            raise TypeError(f"{function.__name__}() got an unexpected keyword argument {name!r}")
    return [*given.items(), *options.items()]


@cache
def _argument_types(function: Callable[..., Any]) -> dict[str, Any]:
    """The declared types by the names of the arguments; those of a TypedDict's keys too."""
    types = get_type_hints(function)
    for unpacked in get_args(types.pop("options", None)):
        types |= get_type_hints(unpacked)
    return types


def _check(name: str, value: object, declared: Any) -> None:
    """Raises IamglueError, which names the expected types, for an argument of a wrong type."""
    if not _is_valid(value, declared):
        expected = " or ".join(dict.fromkeys(_type_names(declared)))
        hint = next((_HINTS[word] for word in _HINTS if f"a {word}" in expected), None)
        raise IamglueError(f"`{name}` must be {expected}, not {_value_text(value)}", hint=hint)


def _is_valid(value: object, declared: Any) -> bool:
    """Whether a value has a declared type; a string is not a list of strings, and True is not a number."""
    origin, parts = get_origin(declared), get_args(declared)
    if origin in (Union, UnionType):
        return any(_is_valid(value, part) for part in parts)
    if origin is not None and issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(
            _is_valid(key, parts[0]) and _is_valid(item, parts[1]) for key, item in value.items()
        )
    if origin is not None and issubclass(origin, Collection):
        if not isinstance(value, Collection) or isinstance(value, str | bytes | Mapping):
            return False
        return all(_is_valid(item, parts[0]) for item in value)
    return isinstance(value, origin or declared) and (declared is not int or not isinstance(value, bool))


def _type_names(declared: Any) -> list[str]:
    """The names of a declared type, one for each member of a union."""
    origin, parts = get_origin(declared), get_args(declared)
    if origin in (Union, UnionType):
        return [name for part in parts for name in _type_names(part)]
    if origin is not None and issubclass(origin, Mapping):
        return [f"a mapping whose values are {' or '.join(_type_names(parts[1]))}"]
    if origin is not None and issubclass(origin, Collection):
        return [f"a list whose items are {' or '.join(_type_names(parts[0]))}"]
    return [_TYPE_NAMES.get(origin or declared, f"a {declared.__name__}")]


def _value_text(value: object) -> str:
    """What a value is, in words: with its items, if it is a list or mapping."""
    if isinstance(value, Mapping | list | tuple | set | frozenset) and value:
        items = value.values() if isinstance(value, Mapping) else value
        kinds = " and ".join(sorted({type(item).__name__ for item in items}))
        return f"a {type(value).__name__} of {kinds}"
    return "None" if value is None else f"{type(value).__name__}"
