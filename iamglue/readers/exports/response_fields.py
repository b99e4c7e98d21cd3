"""Typed access to the fields of a map in AWS CLI output; a wrong type raises an error with its location."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from iamglue.errors import IamglueError
from iamglue.readers.exports.response_parser import MapWithDuplicateKeys, ResponseItem, ResponseParser
from iamglue.spelling import did_you_mean

_TYPE_NAMES = {
    dict: "a map",
    MapWithDuplicateKeys: "a map",
    list: "a list",
    str: "a string",
    bool: "true or false",
    type(None): "null",
}
_ARN_FIELDS = 6
# To the second.
_TIMESTAMP_LENGTH = len("2026-01-31T12:00:00")


class ResponseFields:
    """A map and its location in the output. A null field is the same as a missing one, as it is to AWS."""

    __slots__ = ("_data", "_offset", "_parser", "_pointer")

    def __init__(self, parser: ResponseParser, offset: int, pointer: str, data: Any) -> None:
        self._parser = parser
        self._offset = offset
        self._pointer = pointer
        if type(data) is MapWithDuplicateKeys:
            raise self.error("a key is listed twice")
        if type(data) is not dict:
            raise self.error(f"expected a map, found {_type_name(data)}")
        self._data: dict[str, Any] = data

    @classmethod
    def from_item(cls, parser: ResponseParser, item: ResponseItem) -> ResponseFields:
        """Return the fields of an item of a list. Raises IamglueError if the value was not a list."""
        if item.index is None:
            raise parser.error(item.offset, f"{item.pointer}: expected a list, found {_type_name(item.value)}")
        return cls(parser, item.offset, item.pointer, item.value)

    def error(self, message: str, name: str = "", hint: str | None = None) -> IamglueError:
        """Return an error about the map, or about one of its fields."""
        pointer = f"{self._pointer}.{name}" if name else self._pointer
        return self._parser.error(self._offset, f"{pointer}: {message}", hint)

    def raw(self, name: str) -> Any:
        """Return the value of a field unchecked; None if it is missing."""
        return self._data.get(name)

    def text(self, name: str) -> str:
        """Return the text of a required field."""
        value = self.optional_text(name)
        if not value:
            raise self.error("a value is missing", name)
        return value

    def optional_text(self, name: str) -> str | None:
        """Return the text of a field; None if it is missing."""
        value = self._data.get(name)
        if value is not None and type(value) is not str:
            raise self.error(f"expected a string, found {_type_name(value)}", name)
        return value

    def arn(self, name: str) -> str:
        """Return the ARN of a required field."""
        value = self.text(name)
        if not value.startswith("arn:") or value.count(":") < _ARN_FIELDS - 1:
            raise self.error(f"`{value[:80]}` is not an ARN", name)
        return value

    def map(self, name: str) -> ResponseFields | None:
        """Return the map of a field; None if it is missing."""
        value = self._data.get(name)
        return None if value is None else ResponseFields(self._parser, self._offset, f"{self._pointer}.{name}", value)

    def maps(self, name: str) -> Iterator[ResponseFields]:
        """Yield the maps of a list; nothing if it is missing."""
        for index, item in enumerate(self._list(name)):
            yield ResponseFields(self._parser, self._offset, f"{self._pointer}.{name}[{index}]", item)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of a list; empty if it is missing."""
        items = self._list(name)
        wrong = next((item for item in items if type(item) is not str), None)
        if wrong is not None:
            raise self.error(f"expected a string, found {_type_name(wrong)}", name)
        return tuple(items)

    def timestamp(self, name: str) -> str | None:
        """Return a time as ISO 8601 in UTC, to the second; None if it is missing."""
        value = self._data.get(name)
        if value is None:
            return None
        try:
            time = datetime.fromisoformat(value) if type(value) is str else datetime.fromtimestamp(value, UTC)
            if time.tzinfo and time.utcoffset():
                time = time.astimezone(UTC)
            return f"{time.isoformat(timespec='seconds')[:_TIMESTAMP_LENGTH]}Z"
        except (ValueError, TypeError, OverflowError, OSError) as error:
            raise self.error("expected a time, such as 2026-01-31T12:00:00+00:00", name) from error

    def integer(self, name: str, default: int) -> int:
        """Return a non-negative integer; the default if it is missing."""
        value = self._data.get(name)
        if value is None:
            return default
        if type(value) is not int or value < 0:
            raise self.error("expected a whole number, 0 or more", name)
        return value

    def boolean(self, name: str, *, default: bool = False) -> bool:
        """Return a Boolean; the default if it is missing."""
        value = self._data.get(name)
        if value is not None and type(value) is not bool:
            raise self.error(f"expected true or false, found {_type_name(value)}", name)
        return default if value is None else bool(value)

    def reject_other_fields(self, names: tuple[str, ...]) -> None:
        """Raise IamglueError for a field with another name."""
        for name in self._data:
            if name not in names:
                hint = did_you_mean(name, names) or f"the valid keys are {', '.join(names)}"
                raise self.error(f"unknown key `{name[:80]}`", hint=hint)

    def field_names(self) -> tuple[str, ...]:
        """Return the names of all fields."""
        return tuple(self._data)

    def _list(self, name: str) -> list[Any]:
        """Return the items of a list; empty if it is missing."""
        value = self._data.get(name)
        if value is None:
            return []
        if type(value) is not list:
            raise self.error(f"expected a list, found {_type_name(value)}", name)
        return value


def _type_name(value: Any) -> str:
    return _TYPE_NAMES.get(type(value), "a number")
