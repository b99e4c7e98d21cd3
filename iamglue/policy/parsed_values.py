"""The values of a statement as written: strings, principals and conditions, each with its location."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

from iamglue.policy.conditions import Operator
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import Syntax

# Access to Enum members is slow, and these are read for every string of a policy.
_SCALAR, _UNKNOWN = NodeKind.SCALAR, NodeKind.UNKNOWN
_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(eq=False)
class ParsedMatchList:
    """Action, Resource or their Not-forms.

    `values` are the strings; other values (a number, a map) are omitted, because a separate rule reports them.
    `is_resolved` is False if a value is unknown before deployment.
    """

    key: Node
    node: Node
    values: tuple[Node, ...]
    negated: bool
    is_resolved: bool

    @cached_property
    def lowercase(self) -> tuple[str, ...]:
        """The values in lower case, as IAM compares actions."""
        return tuple([node.text.lower() for node in self.values])

    @cached_property
    def wildcards(self) -> tuple[str, ...]:
        """The lower-case values that contain wildcards."""
        return tuple([text for text in self.lowercase if "*" in text or "?" in text])


@dataclass(eq=False)
class ParsedPrincipal:
    """One principal: `kind` is the key of the map as written (AWS, Service, ...), or "*" for a bare `"*"`."""

    kind: str
    value: Node
    key: Node | None = None


@dataclass(eq=False)
class ParsedPrincipals:
    """Principal or NotPrincipal."""

    key: Node
    node: Node
    values: tuple[ParsedPrincipal, ...]
    negated: bool
    is_resolved: bool


@dataclass(eq=False)
class ParsedCondition:
    """One condition key under one operator. `operator` is None if the name is not a valid operator."""

    operator_node: Node
    operator: Operator | None
    key: Node
    node: Node
    values: tuple[Node, ...]
    is_resolved: bool


def text_nodes(node: Node, *, words: bool = False) -> tuple[Node, ...]:
    """The strings of a value or list. With `words`, unquoted numbers and Booleans count, as in condition values."""
    items = node.items if node.kind is NodeKind.LIST else (node,)
    for item in items:
        if item.plain or item.kind is not _SCALAR:
            return tuple(candidate for candidate in items if is_text(candidate, words=words))
    return items


def is_text(node: Node, *, words: bool = False) -> bool:
    """Whether a node is a string in its syntax: in JSON, a quoted one. Null never is."""
    if node.kind is not NodeKind.SCALAR or node.is_null:
        return False
    if not node.plain or words:
        return True
    return node.source.syntax is not Syntax.JSON and node.text not in ("true", "false")


def is_resolved(node: Node) -> bool:
    """Whether all items of a value are known before deployment."""
    return node.kind is not _UNKNOWN and _UNKNOWN not in [item.kind for item in node.items]


def source_size(node: Node) -> int:
    """The number of characters of a document as written, without white space between values.

    The size is that of the JSON form. Unknown values count as 0.
    """
    if node.kind is NodeKind.SCALAR:
        is_bare = node.plain and node.source.syntax is Syntax.JSON
        return len(node.text) if is_bare else len(_AS_JSON(node.text))
    sizes = [source_size(item) for item in node.items]
    sizes += [source_size(key) + 1 + source_size(value) for key, value in node.pairs]
    return 0 if node.kind is NodeKind.UNKNOWN else sum(sizes) + max(len(sizes) - 1, 0) + 2
