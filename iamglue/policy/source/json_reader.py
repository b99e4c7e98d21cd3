"""JSON text as a tree that knows its places: the same nodes that YAML gives, read without recursion."""

from __future__ import annotations

import re
from json import JSONDecodeError, JSONDecoder

from iamglue.errors import IamglueError, Location
from iamglue.policy.source.nodes import MAX_DEPTH, MAX_LENGTH, Node, NodeKind, ParsedDocuments
from iamglue.policy.source.source_text import SourceText

_DECODER = JSONDecoder()
_SCALAR, _MAP = NodeKind.SCALAR, NodeKind.MAP
_BLANK = re.compile(r"[ \t\n\r]*")
# What nearly every token is, with the white space before it: a string without escapes, a bracket or separator, a word.
_TOKEN = re.compile(
    r'[ \t\n\r]*(?:"(?P<string>[^"\\\x00-\x1f]*)"|(?P<mark>[{}\[\],:])'
    r"|(?P<word>(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)(?![^\s\[\]{},:\"])))"
)
_STRING, _MARK, _WORD = 1, 2, 3
# What most tokens stand in: a text of a list, a key with its text or its list of texts, and a bracket with its comma.
_GAP, _PLAIN = r"[ \t\n\r]*+", r'[^"\\\x00-\x1f]*+'
_ITEM = re.compile(f'{_GAP}"({_PLAIN})"{_GAP}(,?)')
_LIST = f'\\[({_GAP}"{_PLAIN}"{_GAP}(?:,{_GAP}"{_PLAIN}"{_GAP})*+)\\]'
_PAIR = re.compile(f'{_GAP}"({_PLAIN})"{_GAP}:{_GAP}(?:(?:"({_PLAIN})"|{_LIST}){_GAP}(,?))?')
_VALUE, _TEXTS = 2, 3
_EDGE = re.compile(rf"{_GAP}([{{}}\[\]]){_GAP}(,?)")


class _Next:
    """What may stand next. No Enum: its members take five times as long to get at, which shows here."""

    VALUE = "a value"
    VALUE_OR_END = "a value or `]`"
    KEY = 'a key in quotes (`"..."`)'
    KEY_OR_END = "a key in quotes or `}`"
    COLON = "`:` after the key"
    COMMA = "`,` or the closing bracket"
    END = "the end of the text"


_VALUES = (_Next.VALUE, _Next.VALUE_OR_END)
_KEYS = (_Next.KEY, _Next.KEY_OR_END)


class _Open:
    """A map or list that is still being read; `key` is the one whose value comes next."""

    __slots__ = ("is_map", "items", "key", "pairs", "start")

    def __init__(self, start: int, is_map: bool) -> None:
        self.start = start
        self.is_map = is_map
        self.items: list[Node] = []
        self.pairs: list[tuple[Node, Node]] = []
        self.key: Node | None = None


def read_json(text: str, path: str, limit: int = MAX_LENGTH) -> ParsedDocuments:
    """The one document of `text`; duplicate keys are among the reading's problems.

    Raises IamglueError with line and column for malformed or truncated JSON, and for texts past the limits of
    size (`limit` characters) and depth.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > limit:
        message = f"the file has {len(text):,} characters; the limit is {limit:,}"
        raise IamglueError(message, location=Location(path))
    return JsonReader(SourceText(path, text)).read()


class JsonReader:
    """One pass over the text of an origin, with a stack of its own."""

    def __init__(self, origin: SourceText) -> None:
        self._text = origin.text
        self._origin = origin
        self._open: list[_Open] = []
        self._problems: list[IamglueError] = []
        self._next = _Next.VALUE
        self._root: Node | None = None

    def read(self) -> ParsedDocuments:
        """The one document; raises IamglueError as `read_json` does."""
        text, token, at = self._text, _TOKEN.match, 0
        while True:
            at = self._many(at)
            found = token(text, at)
            if found is None:
                at = self._skip(at)
                if at >= len(text):
                    break
                at = self._escaped(at) if text[at] == '"' else self._refuse(at)
                continue
            kind, end = found.lastindex, found.end()
            if kind == _STRING:
                start, value = found.start(_STRING) - 1, found[_STRING]
                at = self._string(start, end, value)
            elif kind == _MARK:
                at = self._mark(end - 1, text[end - 1])
            else:
                self._add(Node(_SCALAR, self._origin, found.start(_WORD), end, found[_WORD], plain=True))
                at = end
        if self._root is None:
            raise self._error(at, self._missing())
        return ParsedDocuments((self._root,), tuple(self._problems))

    def _many(self, at: int) -> int:
        """Take in what stands in the plainest form, as nearly everything does, as long as it goes on."""
        text, stack = self._text, self._open
        while 0 < len(stack) < MAX_DEPTH:
            inner = stack[-1]
            at = self._pairs(inner, at) if inner.is_map else self._items(inner, at)
            found = _EDGE.match(text, at)
            if found is None:
                break
            mark, comma = found.groups()
            at = found.end(1)
            if mark in "{[":
                self._begin(at - 1, is_map=mark == "{")
                continue
            self._finish(at - 1, is_map=mark == "}")
            if comma and stack:
                self._next = _Next.KEY if stack[-1].is_map else _Next.VALUE
                at = found.end()
        return at

    def _items(self, inner: _Open, at: int) -> int:
        while self._next in _VALUES and (found := _ITEM.match(self._text, at)):
            start, end = found.span(1)
            inner.items.append(Node(_SCALAR, self._origin, start - 1, end + 1, found[1]))
            self._next = _Next.VALUE if found[2] else _Next.COMMA
            at = found.end()
        return at

    def _pairs(self, inner: _Open, at: int) -> int:
        text, origin, pairs, wanted = self._text, self._origin, inner.pairs, self._next
        while wanted in _KEYS and (found := _PAIR.match(text, at)):
            at = found.end()
            name, value, texts, comma = found.groups()
            start, end = found.span(1)
            key = Node(_SCALAR, origin, start - 1, end + 1, name)
            if value is not None:
                start, end = found.span(_VALUE)
                pairs.append((key, Node(_SCALAR, origin, start - 1, end + 1, value)))
            elif texts is not None:
                pairs.append((key, self._texts(texts, found.start(_TEXTS))))
            else:
                inner.key, wanted = key, _Next.VALUE
                break
            wanted = _Next.KEY if comma else _Next.COMMA
        self._next = wanted
        return at

    def _texts(self, written: str, at: int) -> Node:
        """The list of texts that stand between two brackets, as has been seen, the first of which is before `at`."""
        origin, start = self._origin, at
        items = []
        pieces = iter(written.split('"'))
        for gap, text in zip(pieces, pieces):  # noqa: B905 - behind the last text comes a gap alone
            begin = at + len(gap)
            at = begin + len(text) + 2
            items.append(Node(_SCALAR, origin, begin, at, text))
        return Node(NodeKind.LIST, origin, start - 1, start + len(written) + 1, items=tuple(items))

    def _skip(self, at: int) -> int:
        found = _BLANK.match(self._text, at)
        return found.end() if found else at

    def _missing(self) -> str:
        if not self._open:
            return "the file is empty" if not self._text.strip() else f"expected {self._next}"
        inner = self._open[-1]
        line, _ = self._origin.line_and_column(inner.start)
        return f"the text ends inside the {'{' if inner.is_map else '['} of line {line}; expected {self._next}"

    def _mark(self, at: int, character: str) -> int:
        if character == "," and self._next is _Next.COMMA:
            self._next = _Next.KEY if self._open[-1].is_map else _Next.VALUE
        elif character == ":" and self._next is _Next.COLON:
            self._next = _Next.VALUE
        elif character in "{[":
            self._begin(at, is_map=character == "{")
        elif character in "}]":
            self._finish(at, is_map=character == "}")
        else:
            raise self._unexpected(at)
        return at + 1

    def _begin(self, at: int, *, is_map: bool) -> None:
        if self._next not in _VALUES:
            raise self._unexpected(at)
        if len(self._open) >= MAX_DEPTH:
            raise self._error(at, f"values stand more than {MAX_DEPTH} levels deep in each other")
        self._open.append(_Open(at, is_map))
        self._next = _Next.KEY_OR_END if is_map else _Next.VALUE_OR_END

    def _finish(self, at: int, *, is_map: bool) -> None:
        may_end = self._next is _Next.COMMA or self._next is (_Next.KEY_OR_END if is_map else _Next.VALUE_OR_END)
        if not may_end or not self._open or self._open[-1].is_map is not is_map:
            raise self._unexpected(at)
        done = self._open.pop()
        if is_map:
            pairs = tuple(done.pairs)
            self._check_keys(pairs)
            self._add(Node(_MAP, self._origin, done.start, at + 1, "", False, None, (), pairs))
        else:
            self._add(Node(NodeKind.LIST, self._origin, done.start, at + 1, items=tuple(done.items)))

    def _string(self, start: int, end: int, value: str) -> int:
        node = Node(_SCALAR, self._origin, start, end, value)
        if self._next in (_Next.KEY, _Next.KEY_OR_END):
            self._open[-1].key = node
            self._next = _Next.COLON
        else:
            self._add(node)
        return end

    def _escaped(self, at: int) -> int:
        try:
            value, end = _DECODER.raw_decode(self._text, at)
        except JSONDecodeError as error:
            if error.msg.startswith("Unterminated"):
                raise self._error(at, "a quoted text is not closed", "add the closing quote") from error
            hint = r"inside quotes, write a line break as \n and a backslash as \\"
            raise self._error(error.pos, "this character cannot stand in a quoted text", hint) from error
        return self._string(at, end, str(value))

    def _refuse(self, at: int) -> int:
        raise self._unexpected(at)

    def _add(self, node: Node) -> None:
        if node.kind is _SCALAR and self._next not in _VALUES:
            raise self._unexpected(node.start)
        if self._open:
            inner = self._open[-1]
            if inner.key is None:
                inner.items.append(node)
            else:
                inner.pairs.append((inner.key, node))
                inner.key = None
            self._next = _Next.COMMA
        else:
            self._root = node
            self._next = _Next.END

    def _check_keys(self, pairs: tuple[tuple[Node, Node], ...]) -> None:
        if len(pairs) < 2 or len({key.text for key, _ in pairs}) == len(pairs):
            return
        seen: dict[str, Node] = {}
        for key, _ in pairs:
            first = seen.setdefault(key.text, key)
            if first is not key:
                message = f"the key `{key.text}` stands here twice; the first is on line {first.line}"
                self._problems.append(IamglueError(message, location=key.location))

    def _unexpected(self, at: int) -> IamglueError:
        character = self._text[at]
        hint = None
        if character in "}]" and self._next in (_Next.KEY, _Next.VALUE):
            hint = "JSON has no comma after the last item"
        elif self._text.startswith(("//", "/*", "#"), at):
            hint = "JSON has no comments"
        elif character == "'":
            hint = "JSON takes double quotes only"
        return self._error(at, f"malformed JSON: found `{character}`, expected {self._next}", hint)

    def _error(self, at: int, message: str, hint: str | None = None) -> IamglueError:
        return IamglueError(message, hint=hint, location=Location(self._origin.path, *self._origin.line_and_column(at)))
