"""The context of a cursor in YAML: by indentation, line by line, with flow collections and JSON in block scalars."""

from __future__ import annotations

import re
from dataclasses import dataclass

from iamglue.language_server.cursor_context import CursorContext, DocumentSyntax
from iamglue.language_server.flow_context import flow_context

_KEY = re.compile(r"""("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#\-'"\[\]{},&*!|>][^#]*?|-[^\s#][^#]*?|\*)[ ]*:(?=\s|$)""")
_BLOCK_SCALAR = re.compile(r"[|>][0-9+-]*\s*(?:#.*)?$")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_TAG_OR_ANCHOR = re.compile(r"[!&]\S*\s+")
_LOOK_AHEAD = 20_000


@dataclass(frozen=True, slots=True)
class _Level:
    """A key, or the dash of a list item (`key` is None), with its column; `start` is the offset of its content."""

    column: int
    key: str | None
    start: int


def yaml_context(text: str, offset: int) -> CursorContext:
    """The context of an offset in a YAML text."""
    return _Lines(text, offset).context()


class _Lines:
    """The levels above the cursor, line by line."""

    def __init__(self, text: str, offset: int) -> None:
        self._text, self._offset = text, offset
        self._levels: list[_Level] = []
        self._at = 0

    def context(self) -> CursorContext:
        """Read the lines before the cursor, which gives the open levels, and then the line of the cursor."""
        line_start = max(self._text.rfind("\n", 0, self._offset), self._text.rfind("\r", 0, self._offset)) + 1
        while self._at < line_start:
            end = self._line_end(self._at)
            inner = self._read_line(self._at, self._text[self._at : end])
            if inner is not None:
                return inner
        return self._cursor_line(line_start)

    def _line_end(self, start: int) -> int:
        end = self._text.find("\n", start)
        return len(self._text) if end < 0 else end

    def _read_line(self, start: int, line: str) -> CursorContext | None:
        """Read a line before that of the cursor; the context if the cursor is in a value that begins there."""
        self._at = start + len(line) + 1
        column, rest = self._open_levels(start, line)
        if not rest or rest.startswith("#"):
            return None
        match = _KEY.match(rest)
        value, value_column = (rest, column) if match is None else (rest[match.end() :], column + match.end())
        if match is not None:
            self._push(_Level(column, _unquote(match[1]), start + column))
        stripped = value.lstrip()
        value_column += len(value) - len(stripped)
        tag = _TAG_OR_ANCHOR.match(stripped)
        if tag:
            stripped, value_column = stripped[tag.end() :], value_column + tag.end()
        if stripped.startswith(("{", "[")):
            return self._read_flow(start + value_column)
        if _BLOCK_SCALAR.match(stripped):
            return self._read_block_scalar(column)
        return None

    def _read_flow(self, start: int) -> CursorContext | None:
        """The context if the cursor is in a collection in JSON style; None if that ends before, and it is then read."""
        reading = flow_context(self._text, start, self._offset, DocumentSyntax.YAML)
        if reading.end is None:
            return reading.context.inside(self._keys(), self._spans())
        self._at = max(self._at, self._line_end(reading.end) + 1)
        return None

    def _read_block_scalar(self, column: int) -> CursorContext | None:
        """Skip the lines of a block scalar; the context within it if the cursor is there."""
        content = self._at
        while self._at < len(self._text):
            end = self._line_end(self._at)
            line = self._text[self._at : end]
            if line.strip() and _indentation(line) <= column:
                return None
            if self._at <= self._offset <= end:
                inner = flow_context(self._text, content, self._offset, DocumentSyntax.JSON).context
                return inner.inside(self._keys(), self._spans())
            self._at = end + 1
        return None

    def _cursor_line(self, start: int) -> CursorContext:
        """The context of the cursor in its line: a comment, a key, a value, an item, or a collection in JSON style."""
        before = self._text[start : self._offset]
        column, rest = self._open_levels(start, before)
        is_item = before[:column].rstrip().endswith("-")
        if _COMMENT.search(before):
            return CursorContext((), self._offset, self._offset)
        match = _KEY.match(rest)
        if match is not None and match.end() == len(rest):
            match = None  # a word that is not complete, such as `s3:` or `aws:`
        if match is None:
            if rest.startswith(("{", "[")):
                reading = flow_context(self._text, start + column, self._offset, DocumentSyntax.YAML)
                return reading.context.inside(self._keys(), self._spans())
            return self._word_context(start + column, is_key=True, is_item=is_item)
        value = rest[match.end() :]
        stripped = value.lstrip()
        at = start + column + match.end() + len(value) - len(stripped)
        siblings = self._siblings(column, start)
        self._push(_Level(column, _unquote(match[1]), start + column))
        if stripped.startswith(("{", "[")):
            reading = flow_context(self._text, at, self._offset, DocumentSyntax.YAML)
            return reading.context.inside(self._keys(), self._spans())
        return self._word_context(at, is_key=False, is_item=False, siblings=siblings)

    def _word_context(
        self, start: int, *, is_key: bool, is_item: bool, siblings: tuple[tuple[str, str], ...] | None = None
    ) -> CursorContext:
        """The context of the cursor in a word that begins at `start` and may be quoted, with the range to replace."""
        line = self._text[start : self._line_end(start)].rstrip("\r")
        quote = line[:1] if line[:1] in ("'", '"') else ""
        start += len(quote)
        end = start + len(re.match(r"[^'\"]*" if quote else r"(?:[^\s#:]|:(?!\s|$))*", line[len(quote) :])[0])  # type: ignore[index]  # both match an empty text
        column = start - len(quote) - (self._text.rfind("\n", 0, start) + 1)
        return CursorContext(
            self._keys(),
            start,
            max(end, self._offset),
            is_key,
            is_item,
            bool(quote),
            self._siblings(column, start) if siblings is None else siblings,
            self._spans(),
        )

    def _open_levels(self, start: int, line: str) -> tuple[int, str]:
        """Read the dashes at the start of a line, and close the levels that end there; the column and the rest."""
        column = _indentation(line)
        while (rest := line[column:])[:1] == "-" and (len(rest) == 1 or rest[1] in " \t\r"):
            while self._levels and (
                self._levels[-1].column > column or (self._levels[-1].column == column and self._levels[-1].key is None)
            ):
                self._levels.pop()
            after = column + 1 + _indentation(rest[1:])
            self._levels.append(_Level(column, None, start + after))
            column = after
        rest = line[column:].rstrip()
        if (rest and not rest.startswith("#")) or start + len(line) == self._offset:
            while self._levels and self._levels[-1].column >= column:
                self._levels.pop()
        return column, line[column:]

    def _push(self, level: _Level) -> None:
        """Open a level; levels that are indented as much or more have ended."""
        while self._levels and self._levels[-1].column >= level.column:
            self._levels.pop()
        self._levels.append(level)

    def _keys(self) -> tuple[str, ...]:
        return tuple(level.key for level in self._levels if level.key is not None)

    def _spans(self) -> tuple[tuple[int, int], ...]:
        """The spans of the list items and of the mappings below keys around the cursor."""
        return tuple((level.start, self._end_below(level)) for level in self._levels)

    def _end_below(self, level: _Level) -> int:
        """The offset of the first line after the cursor that does not belong to the level."""
        at = self._line_end(self._offset) + 1
        limit = min(len(self._text), self._offset + _LOOK_AHEAD)
        while at < limit:
            line = self._text[at : self._line_end(at)]
            if line.strip() and _indentation(line) <= level.column:
                return at
            at = self._line_end(at) + 1
        return limit

    def _siblings(self, column: int, line_start: int) -> tuple[tuple[str, str], ...]:
        """The keys at this column in the innermost level around the cursor, with the text after each."""
        inner = [level for level in self._levels if level.column < column]
        begin, end = (inner[-1].start, self._end_below(inner[-1])) if inner else (0, len(self._text))
        begin = self._text.rfind("\n", 0, begin) + 1
        siblings = []
        while begin < end:
            line = self._text[begin : self._line_end(begin)].rstrip("\r")
            match = _KEY.match(line[column:])
            is_here = not line[:column].replace("-", " ").strip()
            if match and is_here and begin != self._text.rfind("\n", 0, line_start) + 1:
                siblings.append((_unquote(match[1]), line[column + match.end() :].strip().strip("\"'")))
            begin = self._line_end(begin) + 1
        return tuple(siblings)


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _unquote(text: str) -> str:
    return text.strip("\"'")
