"""Frozen dataclasses as JSON data and back, documents of policies aside: each text is kept once and named by number.

What has a default and equals it is left out. Whatever does not fit is an error that says where.
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
    """The texts of policies by number; each is read once."""

    def __init__(self, texts: list[str] | None = None) -> None:
        self.texts = texts if texts is not None else []
        self._numbers = {text: number for number, text in enumerate(self.texts)}
        self._policies: dict[int, Policy | None] = {}

    def index(self, text: str) -> int:
        """The number of a text, which is added where it is new."""
        found = self._numbers.setdefault(text, len(self.texts))
        if found == len(self.texts):
            self.texts.append(text)
        return found

    def policy(self, number: int) -> Policy | None:
        """What the document with this number says."""
        if number not in self._policies:
            text = self.texts[number]
            self._policies[number] = parse_document(text) if text else None
        return self._policies[number]


def to_json(value: Any, documents: DocumentTable) -> Any:
    """A value as JSON data."""
    if isinstance(value, AttachedPolicy):
        arn = {"arn": value.arn} if value.arn is not None else {}
        return {"name": value.name, **arn, "document": documents.index(value.text)}
    if dataclasses.is_dataclass(value):
        held = ((each, getattr(value, each.name)) for each in dataclasses.fields(value))
        return {field.name: to_json(found, documents) for field, found in held if found != field.default}
    if isinstance(value, tuple):
        return [to_json(each, documents) for each in value]
    return str(value) if isinstance(value, StrEnum) else value


def from_json(kind: type[_Value], data: Any, documents: DocumentTable, where: str = "") -> _Value:
    """The value of a type that JSON data holds. Raises IamglueError where it does not fit."""
    return cast(_Value, _built(kind, data, documents, where))


def _built(kind: Any, data: Any, documents: DocumentTable, where: str) -> Any:
    if get_origin(kind) in (Union, UnionType):
        if data is None and NoneType in get_args(kind):
            return None
        (kind,) = (each for each in get_args(kind) if each is not NoneType)
    if get_origin(kind) is tuple:
        return _tuple(get_args(kind), data, documents, where)
    if kind is AttachedPolicy:
        return _attached(data, documents, where)
    if dataclasses.is_dataclass(kind):
        return _dataclass(cast(type, kind), data, documents, where)
    if issubclass(kind, StrEnum):
        if data not in list(kind):
            raise _wrong(where, f"one of {', '.join(kind)}")
        return kind(data)
    if type(data) is not kind:
        raise _wrong(where, {str: "a text", bool: "true or false", int: "a number"}[kind])
    return data


def _tuple(kinds: tuple[Any, ...], data: Any, documents: DocumentTable, where: str) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise _wrong(where, "a list")
    if kinds[-1] is Ellipsis:
        kinds = kinds[:1] * len(data)
    if len(kinds) != len(data):
        raise _wrong(where, f"a list of {len(kinds)}")
    return tuple(
        _built(kind, each, documents, f"{where}/{at}") for at, (kind, each) in enumerate(zip(kinds, data, strict=True))
    )


def _attached(data: Any, documents: DocumentTable, where: str) -> AttachedPolicy:
    held = _map(data, {"name", "arn", "document"}, where)
    number = held.get("document")
    if type(number) is not int or not 0 <= number < len(documents.texts):
        raise _wrong(f"{where}/document", "the number of a document")
    name = _built(str, held.get("name"), documents, f"{where}/name")
    arn = _built(str | None, held.get("arn"), documents, f"{where}/arn")
    return AttachedPolicy(name, documents.texts[number], documents.policy(number), arn)


def _dataclass(kind: type, data: Any, documents: DocumentTable, where: str) -> Any:
    hints = _hints(kind)
    held = _map(data, set(hints), where)
    made = {name: _built(hints[name], each, documents, f"{where}/{name}") for name, each in held.items()}
    fields = dataclasses.fields(kind)
    missing = [each.name for each in fields if each.name not in made and each.default is dataclasses.MISSING]
    if missing:
        raise _wrong(where, f"a value for {missing[0]}")
    return kind(**made)


def _map(data: Any, known: set[str], where: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise _wrong(where, "a mapping")
    strange = sorted(set(data) - known)
    if strange:
        raise _wrong(f"{where}/{strange[0]}", "no such key; a newer iamglue may have written it")
    return data


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _wrong(where: str, expected: str) -> IamglueError:
    return IamglueError(f"at {where or '/'}: expected {expected}")
