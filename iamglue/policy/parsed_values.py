"""The values of a statement as they are written: texts, principals, conditions, each with its place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

from iamglue.policy.conditions import Operator
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import Syntax

# An Enum's members take long to get at, which shows where every text of a policy is looked at.
_SCALAR, _UNKNOWN = NodeKind.SCALAR, NodeKind.UNKNOWN
_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(eq=False)
class ParsedMatchList:
    """Action, Resource or their Not-forms: `values` are its texts, `whole` is False when some of it is not known.

    A value that is no text (a number, a map) is not among `values`: a rule of its own reports it.
    """

    key: Node
    node: Node
    values: tuple[Node, ...]
    negated: bool
    is_resolved: bool

    @cached_property
    def lowercase(self) -> tuple[str, ...]:
        """The texts in lower case, as IAM compares those of actions."""
        return tuple([node.text.lower() for node in self.values])

    @cached_property
    def wildcards(self) -> tuple[str, ...]:
        """Those in lower case that have wildcards."""
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
    """One condition key under one operator. `operator` is None for a name that is no operator."""

    operator_node: Node
    operator: Operator | None
    key: Node
    node: Node
    values: tuple[Node, ...]
    is_resolved: bool


def text_nodes(node: Node, *, words: bool = False) -> tuple[Node, ...]:
    """The texts of a value or list; with `words`, bare numbers and Booleans count, as in condition values."""
    items = node.items if node.kind is NodeKind.LIST else (node,)
    for each in items:
        if each.plain or each.kind is not _SCALAR:
            return tuple(one for one in items if is_text(one, words=words))
    return items


def is_text(node: Node, *, words: bool = False) -> bool:
    """Whether a node is text as its syntax writes it: in JSON it stands in quotes. Null never is."""
    if node.kind is not NodeKind.SCALAR or node.is_null:
        return False
    if not node.plain or words:
        return True
    return node.source.syntax is not Syntax.JSON and node.text not in ("true", "false")


def is_resolved(node: Node) -> bool:
    """Whether all items of a value are known before deployment."""
    return node.kind is not _UNKNOWN and _UNKNOWN not in [each.kind for each in node.items]


def source_size(node: Node) -> int:
    """The characters of a document as it is written, white space between its values left out, in JSON.

    Unknown values count nothing.
    """
    if node.kind is NodeKind.SCALAR:
        bare = node.plain and node.source.syntax is Syntax.JSON
        return len(node.text) if bare else len(_AS_JSON(node.text))
    inner = [source_size(item) for item in node.items]
    inner += [source_size(key) + 1 + source_size(value) for key, value in node.pairs]
    return 0 if node.kind is NodeKind.UNKNOWN else sum(inner) + max(len(inner) - 1, 0) + 2
