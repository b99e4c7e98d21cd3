"""JSON text as a tree that knows its places: the same nodes that YAML gives, read without recursion."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from enum import Enum
from json import JSONDecodeError, JSONDecoder

from iamglue.errors import IamglueError, Location
from iamglue.iam.nodes import MAX_DEPTH, MAX_LENGTH, Node, Reading, Shape

_DECODER = JSONDecoder()
_BLANK = re.compile(r"[ \t\n\r]*")
_SIMPLE_STRING = re.compile(r'"([^"\\\x00-\x1f]*)"')
_WORD = re.compile(r"[^\s\[\]{},:\"]+")
_SCALAR = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null")


class _Next(Enum):
    """What may stand next."""

    VALUE = "a value"
    VALUE_OR_END = "a value or `]`"
    KEY = 'a key in quotes (`"..."`)'
    KEY_OR_END = "a key in quotes or `}`"
    COLON = "`:` after the key"
    COMMA = "`,` or the closing bracket"
    END = "the end of the text"


@dataclass(slots=True)
class _Open:
    """A map or list that is still being read."""

    start: int
    is_map: bool
    children: list[Node] = field(default_factory=list)


def read_json(text: str, path: str) -> Reading:
    """The one document of `text`; duplicate keys are among the reading's problems.

    Raises IamglueError with line and column for malformed or truncated JSON, and for texts past the limits of
    size and depth.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_LENGTH:
        message = f"the file has {len(text):,} characters; the limit is {MAX_LENGTH:,}"
        raise IamglueError(message, location=Location(path))
    return _Reader(text, path).read()


class _Reader:
    """One pass over the text, with a stack of its own."""

    def __init__(self, text: str, path: str) -> None:
        self._text = text
        self._path = path
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self._open: list[_Open] = []
        self._problems: list[IamglueError] = []
        self._next = _Next.VALUE
        self._root: Node | None = None

    def read(self) -> Reading:
        at = self._skip(0)
        while at < len(self._text):
            at = self._skip(self._take(at))
        if self._root is None:
            raise self._error(at, self._missing())
        return Reading((self._root,), tuple(self._problems))

    def _skip(self, at: int) -> int:
        found = _BLANK.match(self._text, at)
        return found.end() if found else at

    def _missing(self) -> str:
        if not self._open:
            return "the file is empty" if not self._text.strip() else f"expected {self._next.value}"
        inner = self._open[-1]
        line, _ = self._place(inner.start)
        return f"the text ends inside the {'{' if inner.is_map else '['} of line {line}; expected {self._next.value}"

    def _take(self, at: int) -> int:
        character = self._text[at]
        if character in "{[":
            return self._begin(at, is_map=character == "{")
        if character in "}]":
            return self._finish(at, is_map=character == "}")
        if character == "," and self._next is _Next.COMMA:
            self._next = _Next.KEY if self._open[-1].is_map else _Next.VALUE
            return at + 1
        if character == ":" and self._next is _Next.COLON:
            self._next = _Next.VALUE
            return at + 1
        if character == '"':
            return self._string(at)
        return self._word(at)

    def _begin(self, at: int, *, is_map: bool) -> int:
        self._expect_value(at)
        if len(self._open) >= MAX_DEPTH:
            raise self._error(at, f"values stand more than {MAX_DEPTH} levels deep in each other")
        self._open.append(_Open(at, is_map))
        self._next = _Next.KEY_OR_END if is_map else _Next.VALUE_OR_END
        return at + 1

    def _finish(self, at: int, *, is_map: bool) -> int:
        may_end = self._next in (_Next.COMMA, _Next.KEY_OR_END if is_map else _Next.VALUE_OR_END)
        if not may_end or not self._open or self._open[-1].is_map is not is_map:
            raise self._unexpected(at)
        done = self._open.pop()
        children = done.children
        if is_map:
            pairs = tuple(zip(children[::2], children[1::2], strict=True))
            self._check_keys(pairs)
            self._add(self._node(Shape.MAP, done.start, at + 1, pairs=pairs))
        else:
            self._add(self._node(Shape.LIST, done.start, at + 1, items=tuple(children)))
        return at + 1

    def _string(self, at: int) -> int:
        is_key = self._next in (_Next.KEY, _Next.KEY_OR_END)
        if not is_key:
            self._expect_value(at)
        simple = _SIMPLE_STRING.match(self._text, at)
        if simple:
            value, end = simple[1], simple.end()
        else:
            value, end = self._escaped(at)
        node = self._node(Shape.SCALAR, at, end, value)
        if is_key:
            self._open[-1].children.append(node)
            self._next = _Next.COLON
        else:
            self._add(node)
        return end

    def _escaped(self, at: int) -> tuple[str, int]:
        try:
            value, end = _DECODER.raw_decode(self._text, at)
        except JSONDecodeError as error:
            if error.msg.startswith("Unterminated"):
                raise self._error(at, "a quoted text is not closed", "add the closing quote") from error
            hint = r"inside quotes, write a line break as \n and a backslash as \\"
            raise self._error(error.pos, "this character cannot stand in a quoted text", hint) from error
        return str(value), end

    def _word(self, at: int) -> int:
        found = _WORD.match(self._text, at)
        end = found.end() if found else at + 1
        if not found or not _SCALAR.fullmatch(found[0]):
            raise self._unexpected(at)
        self._expect_value(at)
        self._add(self._node(Shape.SCALAR, at, end, found[0], plain=True))
        return end

    def _expect_value(self, at: int) -> None:
        if self._next not in (_Next.VALUE, _Next.VALUE_OR_END):
            raise self._unexpected(at)

    def _add(self, node: Node) -> None:
        if self._open:
            self._open[-1].children.append(node)
            self._next = _Next.COMMA
        else:
            self._root = node
            self._next = _Next.END

    def _check_keys(self, pairs: tuple[tuple[Node, Node], ...]) -> None:
        seen: dict[str, Node] = {}
        for key, _ in pairs:
            first = seen.setdefault(key.text, key)
            if first is not key:
                message = f"the key `{key.text}` stands here twice; the first is on line {first.line}"
                self._problems.append(IamglueError(message, location=key.location))

    def _node(
        self,
        shape: Shape,
        start: int,
        end: int,
        text: str = "",
        *,
        plain: bool = False,
        items: tuple[Node, ...] = (),
        pairs: tuple[tuple[Node, Node], ...] = (),
    ) -> Node:
        first, last = self._place(start), self._place(end)
        return Node(shape, self._path, *first, *last, text, plain, None, items, pairs)

    def _place(self, at: int) -> tuple[int, int]:
        line = bisect_right(self._lines, at)
        return line, at - self._lines[line - 1] + 1

    def _unexpected(self, at: int) -> IamglueError:
        character = self._text[at]
        hint = None
        if character in "}]" and self._next in (_Next.KEY, _Next.VALUE):
            hint = "JSON has no comma after the last item"
        elif self._text.startswith(("//", "/*", "#"), at):
            hint = "JSON has no comments"
        elif character == "'":
            hint = "JSON takes double quotes only"
        return self._error(at, f"malformed JSON: found `{character}`, expected {self._next.value}", hint)

    def _error(self, at: int, message: str, hint: str | None = None) -> IamglueError:
        return IamglueError(message, hint=hint, location=Location(self._path, *self._place(at)))
