"""Parses YAML texts into node trees with locations."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from iamglue.errors import IamglueError, Location
from iamglue.policy.source.nodes import (
    MAX_DEPTH,
    MAX_EXPANDED_LENGTH,
    MAX_LENGTH,
    MAX_VALUES,
    Node,
    NodeKind,
    ParsedDocuments,
)
from iamglue.policy.source.source_text import SourceText, Syntax

# All characters that YAML calls non-printable; a set of the printable ones would take 7 ms to compile.
# https://yaml.org/spec/1.2.2/#51-character-set
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def read_single_document(text: str, path: str) -> ParsedDocuments:
    """Parse the single document of `text`; duplicate and merge keys are reported in `problems`.

    Raises IamglueError, with line and column, for an empty text, several documents, malformed YAML, and texts that
    exceed the limits of size, depth and number of values (with aliases expanded).
    """
    reading = read_yaml_documents(text, path)
    if not reading.documents:
        raise IamglueError("the file is empty", location=Location(path, 1, 1))
    if len(reading.documents) > 1:
        raise IamglueError(
            "expected one YAML document, found a second one",
            hint="remove the text after the `---` line, or move it to a separate file",
            location=reading.documents[1].location,
        )
    return reading


def read_yaml_documents(text: str, path: str) -> ParsedDocuments:
    """Like `read_single_document`, for a text of any number of documents."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - startup: only commands that read YAML pay for it
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    from iamglue.policy.source.yaml_errors import explain_yaml_error  # noqa: PLC0415
    from iamglue.policy.source.yaml_scanner import lenient_scanner  # noqa: PLC0415

    text = text.removeprefix("\ufeff")
    _check_readable(text, path)
    tree = _TreeBuilder(SourceText(path, text, Syntax.YAML))
    parser = YAML(typ="safe", pure=True)
    parser.Scanner = lenient_scanner()
    try:
        for event in parser.parse(text):
            tree.take(event)
    except (YAMLError, ValueError, OverflowError) as error:  # ValueError and OverflowError: `\U` escapes beyond Unicode
        raise explain_yaml_error(error, text, path) from error
    return ParsedDocuments(tuple(tree.documents), tuple(tree.problems))


def is_merge_key(key: Node) -> bool:
    """Whether the key is YAML 1.1's merge key `<<`, which copies another map's keys; it is reported as a problem."""
    return key.plain and key.text == "<<"


def _check_readable(text: str, path: str) -> None:
    """Raise IamglueError for a text that is too long or has characters that YAML does not allow."""
    if len(text) > MAX_LENGTH:
        message = f"the file has {len(text):,} characters; the limit is {MAX_LENGTH:,}"
        raise IamglueError(message, location=Location(path))
    bad = _UNPRINTABLE.search(text)
    if bad:
        before = text[: bad.start()]
        where = Location(path, before.count("\n") + 1, bad.start() - before.rfind("\n"))
        raise IamglueError(f"the character U+{ord(bad[0]):04X} is not allowed in YAML", location=where)


@dataclass(slots=True)
class _BuiltNode:
    """A finished node with its number of values, height and text length; aliases count as expanded."""

    node: Node
    values: int = 1
    height: int = 0
    length: int = 0


@dataclass(slots=True)
class _OpenContainer:
    """A map or list that is being read."""

    start: Any
    children: list[_BuiltNode] = field(default_factory=list)


class _TreeBuilder:
    """Builds nodes from parser events with its own stack, so that no input can exhaust Python's."""

    def __init__(self, source: SourceText) -> None:
        self._path = source.path
        self._source = source
        self.documents: list[Node] = []
        self.problems: list[IamglueError] = []
        self._node_count = 0
        self._open: list[_OpenContainer] = []
        self._anchors: dict[str, _BuiltNode] = {}

    def take(self, event: Any) -> None:
        """Process the next parser event."""
        match type(event).__name__:
            case "DocumentStartEvent":
                self._anchors = {}
            case "ScalarEvent":
                self._add_node(
                    _BuiltNode(self._node(NodeKind.SCALAR, event, event), length=len(event.value)), event.anchor
                )
            case "AliasEvent":
                self._add_node(self._alias_target(event))
            case "MappingStartEvent" | "SequenceStartEvent":
                self._check_depth(len(self._open) + 1, event)
                self._open.append(_OpenContainer(event))
            case "MappingEndEvent" | "SequenceEndEvent":
                self._close_container(event)

    def _node(self, kind: NodeKind, first: Any, last: Any) -> Node:
        """The node of the text from one event to another; a map or list gets its values afterwards."""
        start, end = first.start_mark.index, last.end_mark.index
        text = self._scalar_text(first) if kind is NodeKind.SCALAR else ""
        return Node(kind, self._source, start, end, text, kind is NodeKind.SCALAR and not first.style, first.tag)

    def _scalar_text(self, event: Any) -> str:
        """The text of a scalar event, with surrogate pairs joined to characters."""
        # JSON writes a character above U+FFFF as two escapes, which the parser does not join.
        if not _SURROGATES.search(event.value):
            return str(event.value)
        try:
            return str(event.value).encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError as error:
            where = Location(self._path, event.start_mark.line + 1, event.start_mark.column + 1)
            raise IamglueError("an escape in this string is only half of a surrogate pair", location=where) from error

    def _close_container(self, event: Any) -> None:
        """Build the innermost map or list from the values that were read since its start, and add it as a value."""
        container = self._open.pop()
        kind = NodeKind.MAP if type(event).__name__ == "MappingEndEvent" else NodeKind.LIST
        node = self._node(kind, container.start, event)
        children = tuple(child.node for child in container.children)
        if kind is NodeKind.LIST:
            node = replace(node, items=children)
        else:
            node = replace(node, pairs=tuple(zip(children[::2], children[1::2], strict=True)))
            self._check_keys(node)
        values = 1 + sum(child.values for child in container.children)
        height = 1 + max((child.height for child in container.children), default=0)
        self._add_node(
            _BuiltNode(node, values, height, sum(child.length for child in container.children)), container.start.anchor
        )

    def _add_node(self, built: _BuiltNode, anchor: str | None = None) -> None:
        """Add a value to the open map or list, otherwise as a document. Raises IamglueError if there are too many."""
        self._node_count += 1
        counts = (
            (max(built.values, self._node_count), MAX_VALUES, "values"),
            (built.length, MAX_EXPANDED_LENGTH, "characters"),
        )
        for count, limit, what in counts:
            if count > limit:
                message = f"more than {limit:,} {what}, counting each alias as the value that it refers to"
                raise IamglueError(message, location=built.node.location)
        if anchor:
            self._anchors[anchor] = built
        if not self._open:
            self.documents.append(built.node)
            return
        siblings = self._open[-1].children
        if siblings and built.node.plain and not built.node.text:
            # The parser reports a missing value at the next token; the place where it is missing is more useful.
            end = siblings[-1].node.end
            built = _BuiltNode(replace(built.node, start=end, end=end))
        siblings.append(built)

    def _alias_target(self, event: Any) -> _BuiltNode:
        """The value that an alias refers to. Raises IamglueError if no anchor before it has that name."""
        where = Location(self._path, event.start_mark.line + 1, event.start_mark.column + 1)
        built = self._anchors.get(event.anchor)
        if built is None:
            raise IamglueError(
                f"`*{event.anchor}` is a YAML alias, but no anchor `&{event.anchor}` precedes it",
                hint=f'to write a string that begins with `*`, quote it: "*{event.anchor}"',
                location=where,
            )
        self._check_depth(len(self._open) + built.height, event)
        return built

    def _check_depth(self, depth: int, event: Any) -> None:
        """Raise IamglueError for a value at a greater depth than MAX_DEPTH."""
        if depth > MAX_DEPTH:
            where = Location(self._path, event.start_mark.line + 1, event.start_mark.column + 1)
            raise IamglueError(f"values are nested more than {MAX_DEPTH} levels deep", location=where)

    def _check_keys(self, node: Node) -> None:
        """Report keys that are not strings, merge keys, and keys that are listed twice."""
        seen: dict[str, Node] = {}
        for key, _ in node.pairs:
            if key.kind is not NodeKind.SCALAR:
                self._add_problem("a key must be a string", key, 'quote it: "..."')
            elif is_merge_key(key):
                self._add_problem("merge keys (`<<`) are not supported", key, "write the keys out")
            elif key.text in seen:
                first = seen[key.text]
                self._add_problem(f"the key `{key.text}` is listed twice; the first is on line {first.line}", key)
            seen.setdefault(key.text, key)

    def _add_problem(self, message: str, node: Node, hint: str | None = None) -> None:
        self.problems.append(IamglueError(message, hint=hint, location=node.location))
