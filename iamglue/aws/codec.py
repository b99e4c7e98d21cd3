"""Converts frozen dataclasses to JSON data and back; each policy document is stored once, in a separate table.

Fields that equal their default are left out, and so is where a template declares something (`Origin`). Data that does
not match the types raises an error with its path.
"""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from iamglue.errors import IamglueError
from iamglue.model.account import AttachedPolicy
from iamglue.policy.model import Policy
from iamglue.readers.api_documents import parse_document

_Value = TypeVar("_Value")


class DocumentTable:
    """The texts of policy documents by number; each is parsed once."""

    def __init__(self, texts: list[str] | None = None) -> None:
        self.texts = texts if texts is not None else []
        self._numbers = {text: number for number, text in enumerate(self.texts)}
        self._policies: dict[int, Policy | None] = {}

    def index(self, text: str) -> int:
        """The number of a text; a new text is added."""
        number = self._numbers.setdefault(text, len(self.texts))
        if number == len(self.texts):
            self.texts.append(text)
        return number

    def policy(self, number: int) -> Policy | None:
        """The parsed document with this number; None if it is empty or malformed."""
        if number not in self._policies:
            text = self.texts[number]
            self._policies[number] = parse_document(text) if text else None
        return self._policies[number]


def to_json(value: Any, documents: DocumentTable) -> Any:
    """Convert a value to JSON data."""
    if isinstance(value, AttachedPolicy):
        arn = {"arn": value.arn} if value.arn is not None else {}
        return {"name": value.name, **arn, "document": documents.index(value.text)}
    if dataclasses.is_dataclass(value):
        field_values = ((item, getattr(value, item.name)) for item in dataclasses.fields(value))
        return {
            field.name: to_json(field_value, documents)
            for field, field_value in field_values
            if field.compare and field_value != field.default
        }
    if isinstance(value, tuple):
        return [to_json(item, documents) for item in value]
    return str(value) if isinstance(value, StrEnum) else value


def from_json(kind: type[_Value], data: Any, documents: DocumentTable, path: str = "") -> _Value:
    """Convert JSON data to a value of type `kind`. Raises IamglueError when the data does not match the type."""
    return cast(_Value, _build_value(kind, data, documents, path))


def _build_value(kind: Any, data: Any, documents: DocumentTable, path: str) -> Any:
    """A value of a declared type from JSON data. Raises IamglueError for data of another type."""
    if get_origin(kind) in (Union, UnionType):
        if data is None and NoneType in get_args(kind):
            return None
        (kind,) = (member for member in get_args(kind) if member is not NoneType)
    if get_origin(kind) is tuple:
        return _build_tuple(get_args(kind), data, documents, path)
    if kind is AttachedPolicy:
        return _build_attached_policy(data, documents, path)
    if dataclasses.is_dataclass(kind):
        return _build_dataclass(cast(type, kind), data, documents, path)
    if issubclass(kind, StrEnum):
        if data not in list(kind):
            raise _type_error(path, f"one of {', '.join(kind)}")
        return kind(data)
    if type(data) is not kind:
        raise _type_error(path, {str: "a string", bool: "true or false", int: "a number"}[kind])
    return data


def _build_tuple(kinds: tuple[Any, ...], data: Any, documents: DocumentTable, path: str) -> tuple[Any, ...]:
    """A tuple of a declared type. Raises IamglueError for other data, and for a list of another length."""
    if not isinstance(data, list):
        raise _type_error(path, "a list")
    if kinds[-1] is Ellipsis:
        kinds = kinds[:1] * len(data)
    if len(kinds) != len(data):
        raise _type_error(path, f"a list of {len(kinds)}")
    return tuple(
        _build_value(kind, item, documents, f"{path}/{index}")
        for index, (kind, item) in enumerate(zip(kinds, data, strict=True))
    )


def _build_attached_policy(data: Any, documents: DocumentTable, path: str) -> AttachedPolicy:
    """A policy with its document from the table. Raises IamglueError for a number that the table does not have."""
    fields = _check_mapping(data, {"name", "arn", "document"}, path)
    number = fields.get("document")
    if type(number) is not int or not 0 <= number < len(documents.texts):
        raise _type_error(f"{path}/document", "the number of a document")
    name = _build_value(str, fields.get("name"), documents, f"{path}/name")
    arn = _build_value(str | None, fields.get("arn"), documents, f"{path}/arn")
    return AttachedPolicy(name, documents.texts[number], documents.policy(number), arn)


def _build_dataclass(kind: type, data: Any, documents: DocumentTable, path: str) -> Any:
    """A dataclass; fields that are missing have their default. Raises IamglueError if one has none."""
    hints = _type_hints(kind)
    data_fields = _check_mapping(data, {field.name for field in dataclasses.fields(kind) if field.compare}, path)
    values = {
        name: _build_value(hints[name], field, documents, f"{path}/{name}") for name, field in data_fields.items()
    }
    fields = dataclasses.fields(kind)
    missing = [field.name for field in fields if field.name not in values and field.default is dataclasses.MISSING]
    if missing:
        raise _type_error(path, f"a value for {missing[0]}")
    return kind(**values)


def _check_mapping(data: Any, known: set[str], path: str) -> dict[str, Any]:
    """The mapping. Raises IamglueError for data that is not a mapping and for unknown keys."""
    if not isinstance(data, dict):
        raise _type_error(path, "a mapping")
    unknown_keys = sorted(set(data) - known)
    if unknown_keys:
        raise IamglueError(f"at {path}/{unknown_keys[0]}: unknown key; a newer iamglue may have written it")
    return data


@cache
def _type_hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _type_error(path: str, expected: str) -> IamglueError:
    return IamglueError(f"at {path or '/'}: expected {expected}")
