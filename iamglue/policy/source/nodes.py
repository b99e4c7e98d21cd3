"""A YAML or JSON text as a tree that knows where each value stands; every scalar is text exactly as written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from iamglue.errors import IamglueError, Location, MultipleErrors
from iamglue.policy.source.source_text import SourceText, Syntax

# The parser reads some 200 KB a second; a CloudFormation template, the longest input there is, may have 1 MB:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MAX_LENGTH = 1024 * 1024
MAX_DEPTH = 100
MAX_VALUES = 200_000
MAX_EXPANDED_LENGTH = 4 * 1024 * 1024  # characters that the aliases, or the expressions, of a file may stand for

# All that YAML does not call printable; the printable ones as a set would take 7 ms to compile.
# https://yaml.org/spec/1.2.2/#51-character-set
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_HALVES = re.compile("[\ud800-\udfff]")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class NodeKind(StrEnum):
    """What a node is. `UNKNOWN` is a value that is not known before deployment: an intrinsic function, say."""

    MAP = "map"
    LIST = "list"
    SCALAR = "scalar"
    UNKNOWN = "unknown"


# Not frozen: a file has thousands of nodes, and a frozen one takes four times as long to make.
@dataclass(slots=True, eq=False)
class Node:
    """One value: a map has `pairs`, a list `items`, a scalar `text`; it stands from `start` to `end` in its origin.

    `plain` is set for a scalar without quotes, `tag` only where the text itself gives one (`!Sub`). The end is the
    place just after the value. An alias stands for the very node that its anchor names. `holes`: parts of the text
    are not known before deployment; they stand in it as parameters, `${Name}`. Nodes are never changed once made.
    """

    kind: NodeKind
    source: SourceText
    start: int
    end: int
    text: str = ""
    plain: bool = False
    tag: str | None = None
    items: tuple[Node, ...] = ()
    pairs: tuple[tuple[Node, Node], ...] = ()
    unresolved: bool = False

    @property
    def path(self) -> str:
        """The file as the user named it."""
        return self.source.path

    @property
    def line(self) -> int:
        """The line of the value's first character, from 1."""
        return self.source.line_and_column(self.start)[0]

    @property
    def column(self) -> int:
        """The column of the value's first character, from 1."""
        return self.source.line_and_column(self.start)[1]

    @property
    def location(self) -> Location:
        """Where the value begins."""
        return Location(self.source.path, *self.source.line_and_column(self.start))

    @property
    def end_location(self) -> Location:
        """The place just after the value."""
        return Location(self.source.path, *self.source.line_and_column(self.end))

    @property
    def is_null(self) -> bool:
        """Whether this is YAML's null: nothing at all, `~` or `null` without quotes."""
        return self.plain and self.tag is None and self.text in _NULLS

    def get(self, key: str) -> Node | None:
        """The value of a map's key, or None."""
        for name, value in self.pairs:
            if name.text == key:
                return value
        return None

    def key(self, key: str) -> Node | None:
        """The key itself, as a node with its place, or None."""
        return next((name for name, _ in self.pairs if name.text == key), None)

    def walk(self) -> Iterator[Node]:
        """This node and every node below it, keys included, in the order of the text."""
        yield self
        for item in self.items:
            yield from item.walk()
        for key, value in self.pairs:
            yield from key.walk()
            yield from value.walk()


@dataclass(frozen=True, slots=True)
class ParsedDocuments:
    """The documents of a text, and errors that do not hinder reading on (duplicate keys, merge keys)."""

    documents: tuple[Node, ...]
    problems: tuple[IamglueError, ...]


def read_yaml(text: str, path: str) -> Node:
    """The one document of `text`.

    Raises IamglueError, with line and column, for an empty text, several documents, duplicate or merge keys,
    malformed YAML, and texts past the limits of size, depth and (through aliases) number of values.
    """
    reading = read_single_document(text, path)
    if reading.problems:
        raise MultipleErrors(reading.problems)
    return reading.documents[0]


def read_single_document(text: str, path: str) -> ParsedDocuments:
    """Like `read_yaml`, with the errors that do not hinder reading on beside the one document."""
    reading = read_yaml_documents(text, path)
    if not reading.documents:
        raise IamglueError("the file is empty", location=Location(path, 1, 1))
    if len(reading.documents) > 1:
        raise IamglueError(
            "expected one YAML document, found another one here",
            hint="remove what follows the `---` line, or put it in a file of its own",
            location=reading.documents[1].location,
        )
    return reading


def read_yaml_documents(text: str, path: str) -> ParsedDocuments:
    """Every document of `text`; raises IamglueError as `read_yaml` does."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - startup: only commands that read YAML pay for it
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    from iamglue.policy.source.yaml_errors import explain_yaml_error  # noqa: PLC0415

    text = text.removeprefix("\ufeff")
    _refuse_unreadable(text, path)
    tree = _Tree(SourceText(path, text, Syntax.YAML))
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            tree.take(event)
    except (YAMLError, ValueError, OverflowError) as error:  # the latter two for `\U` escapes beyond Unicode
        raise explain_yaml_error(error, text, path) from error
    return ParsedDocuments(tuple(tree.documents), tuple(tree.problems))


def is_merge_key(key: Node) -> bool:
    """Whether the key is YAML 1.1's `<<`, which takes over the keys of another mapping; the reader refuses it."""
    return key.plain and key.text == "<<"


def _refuse_unreadable(text: str, path: str) -> None:
    if len(text) > MAX_LENGTH:
        message = f"the file has {len(text):,} characters; the limit is {MAX_LENGTH:,}"
        raise IamglueError(message, location=Location(path))
    bad = _UNPRINTABLE.search(text)
    if bad:
        before = text[: bad.start()]
        where = Location(path, before.count("\n") + 1, bad.start() - before.rfind("\n"))
        raise IamglueError(f"the character U+{ord(bad[0]):04X} is not allowed in YAML", location=where)


@dataclass(slots=True)
class _Built:
    """A finished node, its number of values, height and length of texts; aliases count as what they stand for."""

    node: Node
    values: int = 1
    height: int = 0
    length: int = 0


@dataclass(slots=True)
class _Open:
    """A map or list that is still being read."""

    start: Any
    children: list[_Built] = field(default_factory=list)


class _Tree:
    """Builds nodes from parser events with a stack of its own, so that no input can exhaust Python's."""

    def __init__(self, origin: SourceText) -> None:
        self.path = origin.path
        self.origin = origin
        self.documents: list[Node] = []
        self.problems: list[IamglueError] = []
        self._written = 0
        self._open: list[_Open] = []
        self._anchors: dict[str, _Built] = {}

    def take(self, event: Any) -> None:
        """Take the next event."""
        match type(event).__name__:
            case "DocumentStartEvent":
                self._anchors = {}
            case "ScalarEvent":
                self._add(_Built(self._node(NodeKind.SCALAR, event, event), length=len(event.value)), event.anchor)
            case "AliasEvent":
                self._add(self._alias(event))
            case "MappingStartEvent" | "SequenceStartEvent":
                self._refuse_depth(len(self._open) + 1, event)
                self._open.append(_Open(event))
            case "MappingEndEvent" | "SequenceEndEvent":
                self._close(event)

    def _node(self, shape: NodeKind, first: Any, last: Any) -> Node:
        start, end = first.start_mark.index, last.end_mark.index
        text = self._whole(first) if shape is NodeKind.SCALAR else ""
        return Node(shape, self.origin, start, end, text, shape is NodeKind.SCALAR and not first.style, first.tag)

    def _whole(self, event: Any) -> str:
        # JSON writes a character beyond U+FFFF as two escapes, which the parser leaves as two halves.
        if not _HALVES.search(event.value):
            return str(event.value)
        try:
            return str(event.value).encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError as error:
            where = Location(self.path, event.start_mark.line + 1, event.start_mark.column + 1)
            raise IamglueError("an escape in this text is half a character", location=where) from error

    def _close(self, event: Any) -> None:
        done = self._open.pop()
        shape = NodeKind.MAP if type(event).__name__ == "MappingEndEvent" else NodeKind.LIST
        node = self._node(shape, done.start, event)
        children = tuple(child.node for child in done.children)
        if shape is NodeKind.LIST:
            node = replace(node, items=children)
        else:
            node = replace(node, pairs=tuple(zip(children[::2], children[1::2], strict=True)))
            self._check_keys(node)
        values = 1 + sum(child.values for child in done.children)
        height = 1 + max((child.height for child in done.children), default=0)
        self._add(_Built(node, values, height, sum(child.length for child in done.children)), done.start.anchor)

    def _add(self, built: _Built, anchor: str | None = None) -> None:
        self._written += 1
        counts = (
            (max(built.values, self._written), MAX_VALUES, "values"),
            (built.length, MAX_EXPANDED_LENGTH, "characters"),
        )
        for count, most, what in counts:
            if count > most:
                message = f"more than {most:,} {what}, each alias counted as what it stands for"
                raise IamglueError(message, location=built.node.location)
        if anchor:
            self._anchors[anchor] = built
        if not self._open:
            self.documents.append(built.node)
            return
        siblings = self._open[-1].children
        if siblings and built.node.plain and not built.node.text:
            # The parser places a value that is not there at the next token; where it is missing says more.
            end = siblings[-1].node.end
            built = _Built(replace(built.node, start=end, end=end))
        siblings.append(built)

    def _alias(self, event: Any) -> _Built:
        where = Location(self.path, event.start_mark.line + 1, event.start_mark.column + 1)
        built = self._anchors.get(event.anchor)
        if built is None:
            raise IamglueError(
                f"`*{event.anchor}` is an alias of YAML, and there is no anchor `&{event.anchor}` before it",
                hint=f'where a text begins with `*`, quote it: "*{event.anchor}"',
                location=where,
            )
        self._refuse_depth(len(self._open) + built.height, event)
        return built

    def _refuse_depth(self, depth: int, event: Any) -> None:
        if depth > MAX_DEPTH:
            where = Location(self.path, event.start_mark.line + 1, event.start_mark.column + 1)
            raise IamglueError(f"values stand more than {MAX_DEPTH} levels deep in each other", location=where)

    def _check_keys(self, node: Node) -> None:
        seen: dict[str, Node] = {}
        for key, _ in node.pairs:
            if key.kind is not NodeKind.SCALAR:
                self._problem("a key must be text", key, 'quote it: "..."')
            elif is_merge_key(key):
                self._problem("merge keys (`<<`) are not supported", key, "write the keys out")
            elif key.text in seen:
                first = seen[key.text]
                self._problem(f"the key `{key.text}` stands here twice; the first is on line {first.line}", key)
            seen.setdefault(key.text, key)

    def _problem(self, message: str, node: Node, hint: str | None = None) -> None:
        self.problems.append(IamglueError(message, hint=hint, location=node.location))
