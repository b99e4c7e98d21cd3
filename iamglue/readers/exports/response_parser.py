"""What the AWS CLI prints, read an item at a time: an account's export need not fit into memory as data as well.

Several answers may stand in a list (`jq -s`) or one behind another (`--no-paginate` in a loop, appended).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder
from typing import Any, NoReturn

from iamglue.errors import IamglueError, Location

_BLANK = re.compile(r"[ \t\r\n]*")
_AS_JSON = "write it with `--output json`"


class MapWithDuplicateKeys(dict[str, Any]):
    """A map of which a key stands twice: the last one counts."""


@dataclass(frozen=True, slots=True)
class ResponseItem:
    """An item of a list of an answer; `at` is its offset.

    For a key that holds no list, or an empty one, it is the value, and `number` is None.
    """

    key: str
    value: Any
    offset: int
    index: int | None = None

    @property
    def pointer(self) -> str:
        """Where it stands, in words: `RoleDetailList[3]`."""
        return self.key if self.index is None else f"{self.key}[{self.index}]"


class ResponseParser:
    """The answers in a text; `path` is what errors call it."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self._text = text
        self._decoder = JSONDecoder(object_pairs_hook=map_from_pairs)

    def pages(self) -> Iterator[Iterator[ResponseItem]]:
        """The items of each answer in turn, each to be taken to its end. Raises IamglueError for what is no answer."""
        at = self._skip(1 if self._text.startswith("\ufeff") else 0)
        if at >= len(self._text):
            raise self.error(at, "the file is empty")
        if self._text[at] == "[":
            yield from self._listed(at)
        else:
            while at < len(self._text):
                page = _Page(self, at)
                yield page.items()
                at = self._skip(page.end)

    def error(self, at: int, message: str, hint: str | None = None) -> IamglueError:
        """An error at an offset."""
        line, column = self._text.count("\n", 0, at) + 1, at - self._text.rfind("\n", 0, at)
        return IamglueError(message, hint=hint, location=Location(self.path, line, column))

    def character_at(self, at: int) -> str:
        """The character at an offset; an error where the text has ended."""
        if at >= len(self._text):
            self.raise_truncated()
        return self._text[at]

    def raise_truncated(self) -> NoReturn:
        """Raise the error of a text that ends too early."""
        at = len(self._text.rstrip())
        raise self.error(at, "the file ends in the middle of a value", "the download or redirection was cut off")

    def parse_value(self, at: int) -> tuple[Any, int]:
        """The value at an offset, and where it ends."""
        try:
            return self._decoder.raw_decode(self._text, at)
        except JSONDecodeError as error:
            if error.pos >= len(self._text.rstrip()) or error.msg.startswith("Unterminated string"):
                self.raise_truncated()
            raise self.error(error.pos, f"malformed JSON: {error.msg}", self._hint(at)) from error
        except (RecursionError, ValueError) as error:
            raise self.error(at, "values are nested too deeply, or a number is too long") from error

    def parse_separator(self, at: int, close: str) -> tuple[int, bool]:
        """The offset behind a comma or the closing bracket, and whether it was the latter."""
        at = self._skip(at)
        mark = self.character_at(at)
        if mark not in (",", close):
            raise self.error(at, f"malformed JSON: found `{mark}`, expected `,` or `{close}`")
        return self._skip(at + 1), mark == close

    def parse_opening(self, at: int, close: str) -> tuple[int, bool]:
        """The offset of what stands first behind an opening bracket, and whether nothing does."""
        at = self._skip(at + 1)
        return (at + 1, True) if self.character_at(at) == close else (at, False)

    def parse_colon(self, at: int) -> int:
        """The offset of the value behind a colon."""
        at = self._skip(at)
        if self.character_at(at) != ":":
            raise self.error(at, "malformed JSON: expected `:` after the key")
        return self._skip(at + 1)

    def expect_map(self, at: int) -> None:
        """Raise an error where no map begins."""
        if self.character_at(at) != "{":
            raise self.error(at, "expected an answer of the AWS CLI, which is a map", self._hint(at))

    def _listed(self, at: int) -> Iterator[Iterator[ResponseItem]]:
        at, done = self.parse_opening(at, "]")
        while not done:
            page = _Page(self, at)
            yield page.items()
            at, done = self.parse_separator(page.end, "]")
        at = self._skip(at)
        if at < len(self._text):
            raise self.error(at, "malformed JSON: something stands behind the list")

    def _skip(self, at: int) -> int:
        found = _BLANK.match(self._text, at)
        return found.end() if found else at

    def _hint(self, at: int) -> str | None:
        return None if self._text[at : at + 1] in ("{", "[", '"') else _AS_JSON


class _Page:
    """One answer; `end` is known once its items were taken."""

    def __init__(self, answers: ResponseParser, start: int) -> None:
        self._answers = answers
        self._start = start
        self.end = start

    def items(self) -> Iterator[ResponseItem]:
        answers = self._answers
        answers.expect_map(self._start)
        at, done = answers.parse_opening(self._start, "}")
        while not done:
            key, at = answers.parse_value(at)
            if not isinstance(key, str):
                raise answers.error(at, "malformed JSON: a key must be text in quotes")
            at = answers.parse_colon(at)
            if answers.character_at(at) == "[":
                at = yield from self._list(key, at)
            else:
                value, end = answers.parse_value(at)
                yield ResponseItem(key, value, at)
                at = end
            at, done = answers.parse_separator(at, "}")
        self.end = at

    def _list(self, key: str, at: int) -> Generator[ResponseItem, None, int]:
        number = 0
        start = at
        at, done = self._answers.parse_opening(at, "]")
        if done:
            yield ResponseItem(key, [], start)
        while not done:
            value, end = self._answers.parse_value(at)
            yield ResponseItem(key, value, at, number)
            number += 1
            at, done = self._answers.parse_separator(end, "]")
        return at


def map_from_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A map of pairs, `Repeated` where a key stands twice: a hook of JSON decoders."""
    found = dict(pairs)
    return found if len(found) == len(pairs) else MapWithDuplicateKeys(pairs)
