"""A YAML or JSON text as a node tree with locations; every scalar is text exactly as written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from iamglue.errors import IamglueError, Location
from iamglue.policy.source.source_text import SourceText

# The parser reads about 200 KB a second; a CloudFormation template, the longest kind of input, may have 1 MB:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MAX_LENGTH = 1024 * 1024
MAX_DEPTH = 100
MAX_VALUES = 200_000
MAX_EXPANDED_LENGTH = 4 * 1024 * 1024  # in characters, with aliases or expressions expanded

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class NodeKind(StrEnum):
    """The kind of a node. `UNKNOWN` is a value that is not known before deployment, such as an intrinsic function."""

    MAP = "map"
    LIST = "list"
    SCALAR = "scalar"
    UNKNOWN = "unknown"


# Not frozen: a file has thousands of nodes, and a frozen one takes four times as long to create.
@dataclass(slots=True, eq=False)
class Node:
    """One value: a map has `pairs`, a list `items`, a scalar `text`; `start` and `end` (exclusive) are its span.

    `plain` is True for an unquoted scalar; `tag` is set only if the text has one (`!Sub`). An alias is the same node
    object as its anchor. With `unresolved`, parts of the text are not known before deployment and are written as
    parameters, `${Name}`. `branches` are the branches of Fn::If that the value is in, each a condition and whether it
    is true: the value is in the policy only if all of them are. Nodes are never modified.
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
    branches: frozenset[tuple[str, bool]] = frozenset()

    def is_present_with(self, other: Node) -> bool:
        """Whether this value is in the policy whenever the other one is, whatever the template's conditions are."""
        return self.branches <= other.branches

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
        """The location of the value's first character."""
        return Location(self.source.path, *self.source.line_and_column(self.start))

    @property
    def end_location(self) -> Location:
        """The location just after the value."""
        return Location(self.source.path, *self.source.line_and_column(self.end))

    @property
    def is_null(self) -> bool:
        """Whether this is YAML's null: an empty value, `~` or `null` without quotes."""
        return self.plain and self.tag is None and self.text in _NULLS

    def get(self, key: str) -> Node | None:
        """The value of a map's key, or None."""
        for name, value in self.pairs:
            if name.text == key:
                return value
        return None

    def key(self, key: str) -> Node | None:
        """The node of a map's key, or None."""
        return next((name for name, _ in self.pairs if name.text == key), None)

    def walk(self) -> Iterator[Node]:
        """Iterate over this node and every node below it, including keys, in the order of the text."""
        yield self
        for item in self.items:
            yield from item.walk()
        for key, value in self.pairs:
            yield from key.walk()
            yield from value.walk()


@dataclass(frozen=True, slots=True)
class ParsedDocuments:
    """The documents of a text, and non-fatal errors (duplicate keys, merge keys)."""

    documents: tuple[Node, ...]
    problems: tuple[IamglueError, ...]
