"""Why a record cannot be decoded, in plain words: msgspec's messages have types and paths of its own."""

from __future__ import annotations

import re

_WRONG_TYPE = re.compile(r"Expected `([^`]*)`, got `([^`]*)`(?: - at `\$\.?([^`]*)`)?")
_MISSING = re.compile(r"Object missing required field `([^`]*)`")
_BYTE = re.compile(r" \(byte \d+\)")
_MALFORMED = "JSON is malformed: "
# What JSON's types are called in messages; a number of another kind is a number too.
_TYPES = {
    "str": "a string",
    "object": "a map",
    "array": "a list",
    "bool": "true or false",
    "int": "a number",
    "float": "a number",
    "null": "null",
}
_OTHERS = {
    "Input data was truncated": "it is cut off, or a string in it is not valid",
    "Invalid UTF-8 encoded string": "a string is not valid UTF-8",
    "Number out of range": "a number is too large",
}
_MAX_TEXT = 200


def plain_problem(problem: Exception | str) -> str:
    """What is wrong with a record, for its reader."""
    text = str(problem)
    wrong, missing = _WRONG_TYPE.search(text), _MISSING.search(text)
    if wrong is not None:
        place = f"`{wrong[3]}`" if wrong[3] else "a record"
        return f"{place} must be {_type_name(wrong[1])}, but is {_type_name(wrong[2])}"[:_MAX_TEXT]
    if missing is not None:
        return f"it has no `{missing[1]}`"
    if text.startswith(_MALFORMED):
        return f"not JSON: {_BYTE.sub('', text.removeprefix(_MALFORMED))}"[:_MAX_TEXT]
    return _OTHERS.get(text, text)[:_MAX_TEXT]


def _type_name(name: str) -> str:
    kind = name.removesuffix(" | null")
    return _TYPES.get(kind, kind)
