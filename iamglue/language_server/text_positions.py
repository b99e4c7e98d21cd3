"""Positions of the Language Server Protocol in a text: lines from 0, and code units of UTF-16, UTF-8 or UTF-32.

https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#textDocuments
"""

from __future__ import annotations

import re
from bisect import bisect_right

# The line ends of the protocol; Python's `splitlines` has more, such as U+2028.
_LINE_END = re.compile(r"\r\n|\n|\r")
_LAST_OF_BASIC_PLANE = 0xFFFF
_ENCODINGS = ("utf-8", "utf-16", "utf-32")

BYTE_ORDER_MARK = "\ufeff"
Position = tuple[int, int]


class TextPositions:
    """Converts offsets of a text, in characters, to positions of the protocol and back.

    `encoding` is the position encoding that client and server agreed on; an unknown one is read as UTF-16. A byte order
    mark is not in the text, and counts at the start of the client's first line.
    """

    def __init__(self, text: str, encoding: str = "utf-16", *, has_byte_order_mark: bool = False) -> None:
        self._text = text
        self.encoding = encoding if encoding in _ENCODINGS else "utf-16"
        self._mark_units = self._units(BYTE_ORDER_MARK) if has_byte_order_mark else 0
        self._starts = [0]
        self._ends: list[int] = []
        for match in _LINE_END.finditer(text):
            self._ends.append(match.start())
            self._starts.append(match.end())
        self._ends.append(len(text))

    def position(self, offset: int) -> Position:
        """The line and the code unit of an offset; an offset in a line end is the end of its line."""
        offset = min(max(offset, 0), len(self._text))
        line = bisect_right(self._starts, offset) - 1
        units = self._units(self._text[self._starts[line] : min(offset, self._ends[line])])
        return line, units + (0 if line else self._mark_units)

    def offset(self, line: int, character: int) -> int:
        """The offset of a position; after the end of a line or of the text, that end."""
        if line >= len(self._starts):
            return len(self._text)
        if not line:
            character = max(0, character - self._mark_units)
        start, end = self._starts[line], self._ends[line]
        content = self._text[start:end]
        if self.encoding == "utf-32" or content.isascii():
            return min(start + character, end)
        for at, letter in enumerate(content):
            if character <= 0:
                return start + at
            character -= self._letter_units(letter)
        return end

    def _units(self, text: str) -> int:
        """The number of code units of a part of a line. A lone surrogate counts as the client counts it."""
        if self.encoding == "utf-32" or text.isascii():
            return len(text)
        return sum(map(self._letter_units, text))

    def _letter_units(self, letter: str) -> int:
        """How many units of the encoding a letter has: in UTF-16 one or two, in UTF-8 one to four."""
        code = ord(letter)
        if self.encoding == "utf-16":
            return 2 if code > _LAST_OF_BASIC_PLANE else 1
        return 1 + (code > 0x7F) + (code > 0x7FF) + (code > _LAST_OF_BASIC_PLANE)
