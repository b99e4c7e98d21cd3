"""Where a tree of nodes was read from: a text, its lines, and how values are written in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

_FEW = 24


class Syntax(StrEnum):
    """How the values of a text are written."""

    JSON = "json"
    YAML = "yaml"
    HCL = "hcl"


class SourceText:
    """A text with the path that messages name. Offsets into it count characters from 0.

    `editable`: whether a span of the text stands in its file letter for letter, so that a fix can replace it.
    `is_template`: whether `${` begins an expression of Terraform, so that the characters are written `$${`.
    """

    is_editable = True
    is_template = False

    def __init__(self, path: str, text: str, syntax: Syntax = Syntax.JSON) -> None:
        self.path = path
        self.text = text
        self.syntax = syntax
        self._lines: tuple[int, ...] | None = None
        self._asked = 0
        self._last = (1, 0)

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """The line and column, both from 1, of an offset."""
        if self._lines is None:
            # Of most texts no or few places are asked for, and to find where all lines begin takes longer.
            self._asked += 1
            if self._asked <= _FEW:
                return self._counted(offset), offset - self.text.rfind("\n", 0, offset)
            self._lines = line_starts(self.text)
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def _counted(self, offset: int) -> int:
        """The line of an offset, counted from the place asked for last where that comes before it."""
        line, before = self._last if self._last[1] <= offset else (1, 0)
        line += self.text.count("\n", before, offset)
        self._last = (line, offset)
        return line

    def offset_at(self, line: int, column: int) -> int:
        """The offset of a line and column, both from 1; the end of the text for a line behind it."""
        starts = line_starts(self.text)
        return min(starts[line - 1] + column - 1, len(self.text)) if line <= len(starts) else len(self.text)

    def file_offset(self, offset: int) -> int:
        """The offset in the text of the file itself."""
        return offset

    def file_line(self, offset: int) -> str:
        """The line of the file that an offset is on, without its end."""
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        return self.text[start : len(self.text) if end < 0 else end].rstrip("\r")


class ReadOnlySourceText(SourceText):
    """The same text as another origin's, for nodes that do not stand in it as they are: what a function gives."""

    is_editable = False

    def __init__(self, outer: SourceText) -> None:
        super().__init__(outer.path, outer.text, outer.syntax)
        self._outer = outer

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """The line and column in the outer text."""
        return self._outer.line_and_column(offset)

    def file_offset(self, offset: int) -> int:
        """The offset in the text of the file itself."""
        return self._outer.file_offset(offset)


class EmbeddedSourceText(SourceText):
    """A text that stands in another one line by line: a heredoc, a block scalar of YAML.

    `starts` gives, for each line of the inner text, the offset in the outer text at which it begins.
    """

    def __init__(self, outer: SourceText, text: str, starts: Sequence[int], syntax: Syntax = Syntax.JSON) -> None:
        super().__init__(outer.path, text, syntax)
        self._outer = outer
        self._starts = starts
        self._inner = line_starts(text)
        self.is_editable = outer.is_editable

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """The line and column in the outer text."""
        return self._outer.line_and_column(self._outside(offset))

    def file_offset(self, offset: int) -> int:
        """The offset in the text of the file itself."""
        return self._outer.file_offset(self._outside(offset))

    def file_line(self, offset: int) -> str:
        """The line of the file that an offset is on."""
        return self._outer.file_line(self._outside(offset))

    def _outside(self, offset: int) -> int:
        line = min(bisect_right(self._inner, offset), len(self._starts)) - 1
        return self._starts[line] + offset - self._inner[line]


class QuotedSourceText(SourceText):
    """A text that stands in another one with escapes, so that all of it has one place: JSON in a JSON string."""

    is_editable = False

    def __init__(self, outer: SourceText, text: str, start: int, end: int, syntax: Syntax = Syntax.JSON) -> None:
        super().__init__(outer.path, text, syntax)
        self._outer = outer
        self._span = (start, end)

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Where the string begins, or for the end of the text where it ends."""
        return self._outer.line_and_column(self._span[offset >= len(self.text)])

    def file_offset(self, offset: int) -> int:
        """The offset in the file of the string's beginning or end."""
        return self._outer.file_offset(self._span[offset >= len(self.text)])

    def file_line(self, offset: int) -> str:
        """The line of the file that the string is on."""
        return self._outer.file_line(self._span[offset >= len(self.text)])


# Findings about one file come one after another, and each asks for its place.
@lru_cache(maxsize=4)
def line_starts(text: str) -> tuple[int, ...]:
    """The offset at which each line of `text` begins."""
    return (0, *(found.end() for found in re.finditer("\n", text)))
