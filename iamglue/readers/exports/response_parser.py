"""Parses AWS CLI output one item at a time, so that a large export is not held in memory twice.

A file may contain several responses: in a list (`jq -s`), or one after another (`--no-paginate` in a loop, appended).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder
from typing import Any, NoReturn

from iamglue.errors import IamglueError, Location

_WHITESPACE = re.compile(r"[ \t\r\n]*")
_JSON_HINT = "create the file with `--output json`"


class MapWithDuplicateKeys(dict[str, Any]):
    """A map in which a key is listed twice; it has the last value."""


@dataclass(frozen=True, slots=True)
class ResponseItem:
    """An item of a list in a response; `offset` is its position in the text.

    For a key whose value is not a list, or is an empty list, `value` is that value and `index` is None.
    """

    key: str
    value: Any
    offset: int
    index: int | None = None

    @property
    def pointer(self) -> str:
        """Return the item's path for messages, such as `RoleDetailList[3]`."""
        return self.key if self.index is None else f"{self.key}[{self.index}]"


class ResponseParser:
    """The responses in a text; `path` is the file name in errors."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self._text = text
        self._decoder = JSONDecoder(object_pairs_hook=map_from_pairs)

    def pages(self) -> Iterator[Iterator[ResponseItem]]:
        """Yield the items of each response; the caller must consume them before the next response.

        Raises IamglueError for a text that is not AWS CLI output.
        """
        offset = self._skip_whitespace(1 if self._text.startswith("\ufeff") else 0)
        if offset >= len(self._text):
            raise self.error(offset, "the file is empty")
        if self._text[offset] == "[":
            yield from self._pages_in_list(offset)
        else:
            while offset < len(self._text):
                page = _Page(self, offset)
                yield page.items()
                offset = self._skip_whitespace(page.end)

    def error(self, offset: int, message: str, hint: str | None = None) -> IamglueError:
        """Return an error at an offset."""
        line, column = self._text.count("\n", 0, offset) + 1, offset - self._text.rfind("\n", 0, offset)
        return IamglueError(message, hint=hint, location=Location(self.path, line, column))

    def character_at(self, offset: int) -> str:
        """Return the character at an offset. Raises IamglueError at the end of the text."""
        if offset >= len(self._text):
            self.raise_truncated()
        return self._text[offset]

    def raise_truncated(self) -> NoReturn:
        """Raise IamglueError for a text that ends too early."""
        offset = len(self._text.rstrip())
        raise self.error(offset, "the file ends in the middle of a value", "create the file again: it was cut off")

    def parse_value(self, offset: int) -> tuple[Any, int]:
        """Return the value at an offset, and the offset of its end."""
        try:
            return self._decoder.raw_decode(self._text, offset)
        except JSONDecodeError as error:
            if error.pos >= len(self._text.rstrip()) or error.msg.startswith("Unterminated string"):
                self.raise_truncated()
            raise self.error(error.pos, f"malformed JSON: {error.msg}", self._hint(offset)) from error
        except (RecursionError, ValueError) as error:
            raise self.error(offset, "values are nested too deeply, or a number is too long") from error

    def parse_separator(self, offset: int, close: str) -> tuple[int, bool]:
        """Return the offset after a comma or the closing bracket, and whether it was the bracket."""
        offset = self._skip_whitespace(offset)
        character = self.character_at(offset)
        if character not in (",", close):
            raise self.error(offset, f"malformed JSON: found `{character}`, expected `,` or `{close}`")
        return self._skip_whitespace(offset + 1), character == close

    def parse_opening(self, offset: int, close: str) -> tuple[int, bool]:
        """Return the offset of the first item after an opening bracket, and whether the brackets are empty."""
        offset = self._skip_whitespace(offset + 1)
        return (offset + 1, True) if self.character_at(offset) == close else (offset, False)

    def parse_colon(self, offset: int) -> int:
        """Return the offset of the value after a colon."""
        offset = self._skip_whitespace(offset)
        if self.character_at(offset) != ":":
            raise self.error(offset, "malformed JSON: expected `:` after the key")
        return self._skip_whitespace(offset + 1)

    def expect_map(self, offset: int) -> None:
        """Raise IamglueError unless a map begins at the offset."""
        if self.character_at(offset) != "{":
            raise self.error(offset, "expected AWS CLI output, which is a map", self._hint(offset))

    def _pages_in_list(self, offset: int) -> Iterator[Iterator[ResponseItem]]:
        """Yield the items of each response in a list of responses."""
        offset, done = self.parse_opening(offset, "]")
        while not done:
            page = _Page(self, offset)
            yield page.items()
            offset, done = self.parse_separator(page.end, "]")
        offset = self._skip_whitespace(offset)
        if offset < len(self._text):
            raise self.error(offset, "malformed JSON: unexpected text after the list")

    def _skip_whitespace(self, offset: int) -> int:
        match = _WHITESPACE.match(self._text, offset)
        return match.end() if match else offset

    def _hint(self, offset: int) -> str | None:
        """Return a hint if the text at an offset does not look like JSON."""
        return None if self._text[offset : offset + 1] in ("{", "[", '"') else _JSON_HINT


class _Page:
    """One response; `end` is its end offset once all items were consumed."""

    def __init__(self, parser: ResponseParser, start: int) -> None:
        self._parser = parser
        self._start = start
        self.end = start

    def items(self) -> Iterator[ResponseItem]:
        """Yield the items of the response's lists, and its other values, one at a time."""
        parser = self._parser
        parser.expect_map(self._start)
        offset, done = parser.parse_opening(self._start, "}")
        while not done:
            key, offset = parser.parse_value(offset)
            if not isinstance(key, str):
                raise parser.error(offset, "malformed JSON: a key must be a string in quotes")
            offset = parser.parse_colon(offset)
            if parser.character_at(offset) == "[":
                offset = yield from self._list_items(key, offset)
            else:
                value, end = parser.parse_value(offset)
                yield ResponseItem(key, value, offset)
                offset = end
            offset, done = parser.parse_separator(offset, "}")
        self.end = offset

    def _list_items(self, key: str, offset: int) -> Generator[ResponseItem, None, int]:
        """Yield the items of a list, or an empty list as one item; returns the offset after the list."""
        index = 0
        start = offset
        offset, done = self._parser.parse_opening(offset, "]")
        if done:
            yield ResponseItem(key, [], start)
        while not done:
            value, end = self._parser.parse_value(offset)
            yield ResponseItem(key, value, offset, index)
            index += 1
            offset, done = self._parser.parse_separator(end, "]")
        return offset


def map_from_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build a map from pairs, a MapWithDuplicateKeys if a key is listed twice. For `object_pairs_hook`."""
    mapping = dict(pairs)
    return mapping if len(mapping) == len(pairs) else MapWithDuplicateKeys(pairs)
