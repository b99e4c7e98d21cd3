"""Whether JSON that AWS sent is of the types that its model says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from iamglue.aws.response_validation import InvalidResponseError

_TYPES: dict[str, tuple[Any, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "character": (str,),
    "blob": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float, str),  # NaN and the like are texts
    "double": (int, float, str),
    "timestamp": (int, float, str),
}


def check_json_types(body: bytes, shape: Any) -> bytes:
    """The body with null for every item of its lists that is of another type. Raises AnswerError for all else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidResponseError("it is no JSON") from error
    if not isinstance(found, dict):
        raise InvalidResponseError("it is no JSON object")
    for key, member in _members(shape):
        value = found.get(key)
        if member.type_name == "list" and isinstance(value, list):
            found[key] = [item if _is(member.member, item) else None for item in value]
        elif value is not None:
            _check(member, value, key)
    return json.dumps(found).encode()


def _members(shape: Any) -> Iterator[tuple[str, Any]]:
    """The members of a structure that are in the body, each by its key."""
    for name, member in shape.members.items():
        if "location" not in member.serialization:
            yield member.serialization.get("name", name), member


def _is(shape: Any, value: Any) -> bool:
    try:
        _check(shape, value, "")
    except InvalidResponseError:
        return False
    return True


def _check(shape: Any, value: Any, name: str) -> None:
    kind = shape.type_name
    expected = _TYPES.get(kind)
    if getattr(shape, "is_document_type", False) or expected is None:
        return
    if not isinstance(value, expected) or (isinstance(value, bool) and kind != "boolean"):
        raise InvalidResponseError(f"{name} is of another type")
    if kind == "structure":
        for key, member in _members(shape):
            if value.get(key) is not None:  # null is what is not there
                _check(member, value[key], key)
    elif kind == "list":
        for item in value:
            _check(shape.member, item, name)
    elif kind == "map":
        for item in value.values():
            _check(shape.value, item, name)
