"""Checks that a JSON response has the types of botocore's model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from iamglue.aws.response_validation import InvalidResponseError

_PYTHON_TYPES: dict[str, tuple[Any, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "character": (str,),
    "blob": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float, str),  # NaN and Infinity are strings
    "double": (int, float, str),
    "timestamp": (int, float, str),
}


def check_json_types(body: bytes, shape: Any) -> bytes:
    """The body with null in place of list items of a wrong type.

    Raises InvalidResponseError for every other value of a wrong type.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidResponseError("it is not JSON") from error
    if not isinstance(data, dict):
        raise InvalidResponseError("it is not a JSON object")
    for key, member in _members(shape):
        value = data.get(key)
        if member.type_name == "list" and isinstance(value, list):
            data[key] = [item if _has_type(member.member, item) else None for item in value]
        elif value is not None:
            _check_type(member, value, key)
    return json.dumps(data).encode()


def _members(shape: Any) -> Iterator[tuple[str, Any]]:
    """Yield the members of a structure that are in the body, each with its key."""
    for name, member in shape.members.items():
        if "location" not in member.serialization:
            yield member.serialization.get("name", name), member


def _has_type(shape: Any, value: Any) -> bool:
    """Whether a list item has the type of its shape."""
    try:
        _check_type(shape, value, "")
    except InvalidResponseError:
        return False
    return True


def _check_type(shape: Any, value: Any, name: str) -> None:
    """Raise InvalidResponseError if a value does not have the type of its shape in the service's model."""
    kind = shape.type_name
    expected = _PYTHON_TYPES.get(kind)
    if getattr(shape, "is_document_type", False) or expected is None:
        return
    if not isinstance(value, expected) or (isinstance(value, bool) and kind != "boolean"):
        raise InvalidResponseError(f"{name} has a wrong type")
    if kind == "structure":
        for key, member in _members(shape):
            if value.get(key) is not None:  # null is the same as a missing value
                _check_type(member, value[key], key)
    elif kind == "list":
        for item in value:
            _check_type(shape.member, item, name)
    elif kind == "map":
        for item in value.values():
            _check_type(shape.value, item, name)
