"""JSON text as a node tree with locations, the same nodes as for YAML; parsed without recursion."""

from __future__ import annotations

import re
from json import JSONDecodeError, JSONDecoder

from iamglue.errors import IamglueError, Location
from iamglue.policy.source.nodes import MAX_DEPTH, MAX_LENGTH, Node, NodeKind, ParsedDocuments
from iamglue.policy.source.source_text import SourceText

_DECODER = JSONDecoder()
_SCALAR, _MAP = NodeKind.SCALAR, NodeKind.MAP
_BLANK = re.compile(r"[ \t\n\r]*")
# Nearly every token, with the white space before it: a string without escapes, a bracket, a separator or a word.
_TOKEN = re.compile(
    r'[ \t\n\r]*(?:"(?P<string>[^"\\\x00-\x1f]*)"|(?P<mark>[{}\[\],:])'
    r"|(?P<word>(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)(?![^\s\[\]{},:\"])))"
)
_STRING, _MARK, _WORD = 1, 2, 3
# The most frequent sequences: a string in a list, a key with a string or a list of strings, a bracket with a comma.
_BLANKS, _PLAIN_TEXT = r"[ \t\n\r]*+", r'[^"\\\x00-\x1f]*+'
_ITEM = re.compile(f'{_BLANKS}"({_PLAIN_TEXT})"{_BLANKS}(,?)')
_LIST = f'\\[({_BLANKS}"{_PLAIN_TEXT}"{_BLANKS}(?:,{_BLANKS}"{_PLAIN_TEXT}"{_BLANKS})*+)\\]'
_PAIR = re.compile(f'{_BLANKS}"({_PLAIN_TEXT})"{_BLANKS}:{_BLANKS}(?:(?:"({_PLAIN_TEXT})"|{_LIST}){_BLANKS}(,?))?')
_VALUE, _TEXTS = 2, 3
_EDGE = re.compile(rf"{_BLANKS}([{{}}\[\]]){_BLANKS}(,?)")


class _Expected:
    """What is expected next. Not an Enum: its members are five times slower to access, which matters here."""

    VALUE = "a value"
    VALUE_OR_END = "a value or `]`"
    KEY = 'a key in quotes (`"..."`)'
    KEY_OR_END = "a key in quotes or `}`"
    COLON = "`:` after the key"
    COMMA = "`,` or the closing bracket"
    END = "the end of the text"


_VALUES = (_Expected.VALUE, _Expected.VALUE_OR_END)
_KEYS = (_Expected.KEY, _Expected.KEY_OR_END)


class _OpenContainer:
    """A map or list that is being read; `key` is the key whose value is next."""

    __slots__ = ("is_map", "items", "key", "pairs", "start")

    def __init__(self, start: int, is_map: bool) -> None:
        self.start = start
        self.is_map = is_map
        self.items: list[Node] = []
        self.pairs: list[tuple[Node, Node]] = []
        self.key: Node | None = None


def read_json(text: str, path: str, limit: int = MAX_LENGTH) -> ParsedDocuments:
    """Parse the single document of `text`; duplicate keys are reported in `problems`.

    Raises IamglueError with line and column for malformed or truncated JSON, and for texts that exceed the limits of
    size (`limit` characters) and depth.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > limit:
        message = f"the file has {len(text):,} characters; the limit is {limit:,}"
        raise IamglueError(message, location=Location(path))
    return JsonReader(SourceText(path, text)).read()


class JsonReader:
    """Reads a text in one pass, with its own stack."""

    def __init__(self, source: SourceText) -> None:
        self._text = source.text
        self._source = source
        self._open: list[_OpenContainer] = []
        self._problems: list[IamglueError] = []
        self._expected = _Expected.VALUE
        self._root: Node | None = None

    def read(self) -> ParsedDocuments:
        """Read the single document. Raises IamglueError as `read_json` does."""
        text, token, at = self._text, _TOKEN.match, 0
        while True:
            at = self._read_plain_parts(at)
            match = token(text, at)
            if match is None:
                at = self._skip_blanks(at)
                if at >= len(text):
                    break
                at = self._read_escaped(at) if text[at] == '"' else self._raise_unexpected(at)
                continue
            kind, end = match.lastindex, match.end()
            if kind == _STRING:
                start, value = match.start(_STRING) - 1, match[_STRING]
                at = self._add_string(start, end, value)
            elif kind == _MARK:
                at = self._read_mark(end - 1, text[end - 1])
            else:
                self._add_node(Node(_SCALAR, self._source, match.start(_WORD), end, match[_WORD], plain=True))
                at = end
        if self._root is None:
            raise self._error(at, self._truncation_message())
        return ParsedDocuments((self._root,), tuple(self._problems))

    def _read_plain_parts(self, at: int) -> int:
        """Fast path: read text in its most frequent form, for as long as it continues; returns the next offset."""
        text, stack = self._text, self._open
        while 0 < len(stack) < MAX_DEPTH:
            container = stack[-1]
            at = self._read_pairs(container, at) if container.is_map else self._read_items(container, at)
            match = _EDGE.match(text, at)
            if match is None:
                break
            mark, comma = match.groups()
            at = match.end(1)
            if mark in "{[":
                self._open_container(at - 1, is_map=mark == "{")
                continue
            self._close_container(at - 1, is_map=mark == "}")
            if comma and stack:
                self._expected = _Expected.KEY if stack[-1].is_map else _Expected.VALUE
                at = match.end()
        return at

    def _read_items(self, container: _OpenContainer, at: int) -> int:
        """Read strings of a list, while they have no escapes; returns the next offset."""
        while self._expected in _VALUES and (match := _ITEM.match(self._text, at)):
            start, end = match.span(1)
            container.items.append(Node(_SCALAR, self._source, start - 1, end + 1, match[1]))
            self._expected = _Expected.VALUE if match[2] else _Expected.COMMA
            at = match.end()
        return at

    def _read_pairs(self, container: _OpenContainer, at: int) -> int:
        """Read pairs of a map whose value is a string or a list of strings; returns the next offset."""
        text, source, pairs, expected = self._text, self._source, container.pairs, self._expected
        while expected in _KEYS and (match := _PAIR.match(text, at)):
            at = match.end()
            name, value, texts, comma = match.groups()
            start, end = match.span(1)
            key = Node(_SCALAR, source, start - 1, end + 1, name)
            if value is not None:
                start, end = match.span(_VALUE)
                pairs.append((key, Node(_SCALAR, source, start - 1, end + 1, value)))
            elif texts is not None:
                pairs.append((key, self._text_list(texts, match.start(_TEXTS))))
            else:
                container.key, expected = key, _Expected.VALUE
                break
            expected = _Expected.KEY if comma else _Expected.COMMA
        self._expected = expected
        return at

    def _text_list(self, content: str, at: int) -> Node:
        """Build the list of strings from `content`, the matched text between brackets, which starts at offset `at`."""
        source, start = self._source, at
        items = []
        pieces = iter(content.split('"'))
        for blanks, text in zip(pieces, pieces):  # noqa: B905 - after the last string there is only white space
            begin = at + len(blanks)
            at = begin + len(text) + 2
            items.append(Node(_SCALAR, source, begin, at, text))
        return Node(NodeKind.LIST, source, start - 1, start + len(content) + 1, items=tuple(items))

    def _skip_blanks(self, at: int) -> int:
        match = _BLANK.match(self._text, at)
        return match.end() if match else at

    def _truncation_message(self) -> str:
        """The message for a text that ends too early."""
        if not self._open:
            return "the file is empty" if not self._text.strip() else f"expected {self._expected}"
        container = self._open[-1]
        line, _ = self._source.line_and_column(container.start)
        return f"the text ends inside the {'{' if container.is_map else '['} of line {line}; expected {self._expected}"

    def _read_mark(self, at: int, character: str) -> int:
        """Read a bracket, comma or colon; returns the next offset."""
        if character == "," and self._expected is _Expected.COMMA:
            self._expected = _Expected.KEY if self._open[-1].is_map else _Expected.VALUE
        elif character == ":" and self._expected is _Expected.COLON:
            self._expected = _Expected.VALUE
        elif character in "{[":
            self._open_container(at, is_map=character == "{")
        elif character in "}]":
            self._close_container(at, is_map=character == "}")
        else:
            raise self._unexpected_character(at)
        return at + 1

    def _open_container(self, at: int, *, is_map: bool) -> None:
        """Begin a map or list at an offset. Raises IamglueError where no value is expected, and for too many levels."""
        if self._expected not in _VALUES:
            raise self._unexpected_character(at)
        if len(self._open) >= MAX_DEPTH:
            raise self._error(at, f"values are nested more than {MAX_DEPTH} levels deep")
        self._open.append(_OpenContainer(at, is_map))
        self._expected = _Expected.KEY_OR_END if is_map else _Expected.VALUE_OR_END

    def _close_container(self, at: int, *, is_map: bool) -> None:
        """End the innermost map or list, and add it as a value.

        Raises IamglueError if it cannot end here, as after a comma.
        """
        may_end = self._expected is _Expected.COMMA or self._expected is (
            _Expected.KEY_OR_END if is_map else _Expected.VALUE_OR_END
        )
        if not may_end or not self._open or self._open[-1].is_map is not is_map:
            raise self._unexpected_character(at)
        container = self._open.pop()
        if is_map:
            pairs = tuple(container.pairs)
            self._check_keys(pairs)
            self._add_node(Node(_MAP, self._source, container.start, at + 1, "", False, None, (), pairs))
        else:
            self._add_node(Node(NodeKind.LIST, self._source, container.start, at + 1, items=tuple(container.items)))

    def _add_string(self, start: int, end: int, value: str) -> int:
        """Add a string as a key or a value, as expected at this position."""
        node = Node(_SCALAR, self._source, start, end, value)
        if self._expected in (_Expected.KEY, _Expected.KEY_OR_END):
            self._open[-1].key = node
            self._expected = _Expected.COLON
        else:
            self._add_node(node)
        return end

    def _read_escaped(self, at: int) -> int:
        """Read a string with escapes; returns the next offset."""
        try:
            value, end = _DECODER.raw_decode(self._text, at)
        except JSONDecodeError as error:
            if error.msg.startswith("Unterminated"):
                raise self._error(at, "a string is not closed", "add the closing quote") from error
            hint = r"inside quotes, write a line break as \n and a backslash as \\"
            raise self._error(error.pos, "this character is not allowed in a string", hint) from error
        return self._add_string(at, end, str(value))

    def _raise_unexpected(self, at: int) -> int:
        raise self._unexpected_character(at)

    def _add_node(self, node: Node) -> None:
        """Add a value to the open container; without one, it is the root."""
        if node.kind is _SCALAR and self._expected not in _VALUES:
            raise self._unexpected_character(node.start)
        if self._open:
            container = self._open[-1]
            if container.key is None:
                container.items.append(node)
            else:
                container.pairs.append((container.key, node))
                container.key = None
            self._expected = _Expected.COMMA
        else:
            self._root = node
            self._expected = _Expected.END

    def _check_keys(self, pairs: tuple[tuple[Node, Node], ...]) -> None:
        """Report duplicate keys."""
        if len(pairs) < 2 or len({key.text for key, _ in pairs}) == len(pairs):
            return
        seen: dict[str, Node] = {}
        for key, _ in pairs:
            first = seen.setdefault(key.text, key)
            if first is not key:
                message = f"the key `{key.text}` is listed twice; the first is on line {first.line}"
                self._problems.append(IamglueError(message, location=key.location))

    def _unexpected_character(self, at: int) -> IamglueError:
        """The error for a character that cannot stand here, with a hint if other dialects of JSON allow it."""
        character = self._text[at]
        hint = None
        if character in "}]" and self._expected in (_Expected.KEY, _Expected.VALUE):
            hint = "remove the comma: JSON does not allow one after the last item"
        elif self._text.startswith(("//", "/*", "#"), at):
            hint = "remove the comment: JSON does not allow comments"
        elif character == "'":
            hint = "write double quotes: JSON does not allow single quotes"
        return self._error(at, f"malformed JSON: found `{character}`, expected {self._expected}", hint)

    def _error(self, at: int, message: str, hint: str | None = None) -> IamglueError:
        return IamglueError(message, hint=hint, location=Location(self._source.path, *self._source.line_and_column(at)))
