"""The fields of a map in what the AWS CLI prints, each of the type that AWS gives it, or an error that says where."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from iamglue.errors import IamglueError
from iamglue.policy.spelling import did_you_mean
from iamglue.readers.exports.response_parser import MapWithDuplicateKeys, ResponseItem, ResponseParser

_NAMES = {
    dict: "a map",
    MapWithDuplicateKeys: "a map",
    list: "a list",
    str: "text",
    bool: "true or false",
    type(None): "null",
}
_LEAST_PARTS = 6


_TO_SECONDS = len("2026-01-31T12:00:00")


class ResponseFields:
    """A map at a place; null is as good as nothing, as it is to AWS."""

    __slots__ = ("_answers", "_at", "_data", "_pointer")

    def __init__(self, answers: ResponseParser, at: int, pointer: str, data: Any) -> None:
        self._answers = answers
        self._at = at
        self._pointer = pointer
        if type(data) is MapWithDuplicateKeys:
            raise self.error("a key of it stands twice")
        if type(data) is not dict:
            raise self.error(f"expected a map, found {_called(data)}")
        self._data: dict[str, Any] = data

    @classmethod
    def from_item(cls, answers: ResponseParser, item: ResponseItem) -> ResponseFields:
        """The fields of an item of a list."""
        if item.index is None:
            raise answers.error(item.offset, f"{item.pointer}: expected a list, found {_called(item.value)}")
        return cls(answers, item.offset, item.pointer, item.value)

    def error(self, message: str, name: str = "", hint: str | None = None) -> IamglueError:
        """An error about the map, or about one of its fields."""
        pointer = f"{self._pointer}.{name}" if name else self._pointer
        return self._answers.error(self._at, f"{pointer}: {message}", hint)

    def raw(self, name: str) -> Any:
        """The value of a field as it is; None for one that is not there."""
        return self._data.get(name)

    def text(self, name: str) -> str:
        """The text of a field that has to be there."""
        found = self.optional_text(name)
        if not found:
            raise self.error("this is missing", name)
        return found

    def optional_text(self, name: str) -> str | None:
        """The text of a field; None where it is not there."""
        found = self._data.get(name)
        if found is not None and type(found) is not str:
            raise self.error(f"expected text, found {_called(found)}", name)
        return found

    def arn(self, name: str) -> str:
        """The ARN that a field has to be."""
        found = self.text(name)
        if not found.startswith("arn:") or found.count(":") < _LEAST_PARTS - 1:
            raise self.error(f"`{found[:80]}` is no ARN", name)
        return found

    def map(self, name: str) -> ResponseFields | None:
        """The map of a field; None where it is not there."""
        found = self._data.get(name)
        return None if found is None else ResponseFields(self._answers, self._at, f"{self._pointer}.{name}", found)

    def maps(self, name: str) -> Iterator[ResponseFields]:
        """The maps of a list; none where it is not there."""
        for number, each in enumerate(self._list(name)):
            yield ResponseFields(self._answers, self._at, f"{self._pointer}.{name}[{number}]", each)

    def timestamp(self, name: str) -> str | None:
        """A moment as ISO 8601 in UTC, to the second; None where it is not there."""
        found = self._data.get(name)
        if found is None:
            return None
        try:
            time = datetime.fromisoformat(found) if type(found) is str else datetime.fromtimestamp(found, UTC)
            if time.tzinfo and time.utcoffset():
                time = time.astimezone(UTC)
            return f"{time.isoformat(timespec='seconds')[:_TO_SECONDS]}Z"
        except (ValueError, TypeError, OverflowError, OSError) as error:
            raise self.error("expected a moment, such as 2026-01-31T12:00:00+00:00", name) from error

    def integer(self, name: str, default: int) -> int:
        """A whole number, not negative; the default where it is not there."""
        found = self._data.get(name)
        if found is None:
            return default
        if type(found) is not int or found < 0:
            raise self.error("expected a whole number, 0 or more", name)
        return found

    def boolean(self, name: str) -> bool:
        """A Boolean, false where it is not there."""
        found = self._data.get(name)
        if found is not None and type(found) is not bool:
            raise self.error(f"expected true or false, found {_called(found)}", name)
        return bool(found)

    def reject_other_fields(self, names: tuple[str, ...]) -> None:
        """Raise an error for a field of another name."""
        for name in self._data:
            if name not in names:
                hint = did_you_mean(name, names) or f"it has {', '.join(names)}"
                raise self.error(f"there is no key `{name[:80]}`", hint=hint)

    def field_names(self) -> tuple[str, ...]:
        """The names of all fields."""
        return tuple(self._data)

    def _list(self, name: str) -> list[Any]:
        found = self._data.get(name)
        if found is None:
            return []
        if type(found) is not list:
            raise self.error(f"expected a list, found {_called(found)}", name)
        return found


def _called(value: Any) -> str:
    return _NAMES.get(type(value), "a number")
