"""The source of a node tree: a text, its lines, and its syntax."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

_MAX_COUNTED_LOOKUPS = 24


class Syntax(StrEnum):
    """The syntax of a text."""

    JSON = "json"
    YAML = "yaml"
    HCL = "hcl"


class SourceText:
    """A text, with the path that messages name. Offsets count characters from 0.

    `is_editable`: whether the text is in its file unchanged, so that a fix can replace parts of it. `is_template`:
    whether `${` starts a Terraform expression, so that literal characters are written `$${`.
    """

    is_editable = True
    is_template = False

    def __init__(self, path: str, text: str, syntax: Syntax = Syntax.JSON) -> None:
        self.path = path
        self.text = text
        self.syntax = syntax
        self._line_starts: tuple[int, ...] | None = None
        self._lookup_count = 0
        self._last_counted = (1, 0)

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """The line and column of an offset, both from 1."""
        if self._line_starts is None:
            # Most texts need few or no lookups, and finding the start of every line takes longer.
            self._lookup_count += 1
            if self._lookup_count <= _MAX_COUNTED_LOOKUPS:
                return self._count_line(offset), offset - self.text.rfind("\n", 0, offset)
            self._line_starts = line_starts(self.text)
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def _count_line(self, offset: int) -> int:
        """Count the line of an offset, from the previous lookup if that is before it."""
        line, before = self._last_counted if self._last_counted[1] <= offset else (1, 0)
        line += self.text.count("\n", before, offset)
        self._last_counted = (line, offset)
        return line

    def offset_at(self, line: int, column: int) -> int:
        """The offset of a line and column, both from 1; the length of the text for a line after its end."""
        starts = line_starts(self.text)
        return min(starts[line - 1] + column - 1, len(self.text)) if line <= len(starts) else len(self.text)

    def file_offset(self, offset: int) -> int:
        """The offset in the text of the file itself."""
        return offset

    def file_line(self, offset: int) -> str:
        """The line of the file that contains an offset, without its line end."""
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        return self.text[start : len(self.text) if end < 0 else end].rstrip("\r")


class ReadOnlySourceText(SourceText):
    """The text of another source, for nodes that are not in it literally, such as the result of a function."""

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
    """A text that is embedded in another one line by line: a heredoc, or a YAML block scalar.

    `starts` has, for each line of the inner text, the offset in the outer text at which it starts.
    """

    def __init__(self, outer: SourceText, text: str, starts: Sequence[int], syntax: Syntax = Syntax.JSON) -> None:
        super().__init__(outer.path, text, syntax)
        self._outer = outer
        self._outer_starts = starts
        self._inner_starts = line_starts(text)
        self.is_editable = outer.is_editable

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """The line and column in the outer text."""
        return self._outer.line_and_column(self._outer_offset(offset))

    def file_offset(self, offset: int) -> int:
        """The offset in the text of the file itself."""
        return self._outer.file_offset(self._outer_offset(offset))

    def file_line(self, offset: int) -> str:
        """The line of the file that contains an offset."""
        return self._outer.file_line(self._outer_offset(offset))

    def _outer_offset(self, offset: int) -> int:
        line = min(bisect_right(self._inner_starts, offset), len(self._outer_starts)) - 1
        return self._outer_starts[line] + offset - self._inner_starts[line]


class QuotedSourceText(SourceText):
    """A text that is embedded in another one with escapes, such as JSON in a JSON string: it has one location."""

    is_editable = False

    def __init__(self, outer: SourceText, text: str, start: int, end: int, syntax: Syntax = Syntax.JSON) -> None:
        super().__init__(outer.path, text, syntax)
        self._outer = outer
        self._span = (start, end)

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """The location of the start of the string; of its end for the end of the text."""
        return self._outer.line_and_column(self._span[offset >= len(self.text)])

    def file_offset(self, offset: int) -> int:
        """The offset in the file of the start or end of the string."""
        return self._outer.file_offset(self._span[offset >= len(self.text)])

    def file_line(self, offset: int) -> str:
        """The line of the file that contains the string."""
        return self._outer.file_line(self._span[offset >= len(self.text)])


class MergedSourceText(QuotedSourceText):
    """A part of the file that is merged into a document elsewhere in it, located where it is merged.

    The part is a document of its own too, so findings about it alone are reported there.
    """


# Findings of one file are reported together, and each looks up its location.
@lru_cache(maxsize=4)
def line_starts(text: str) -> tuple[int, ...]:
    """The offset at which each line of `text` starts."""
    return (0, *(match.end() for match in re.finditer("\n", text)))
