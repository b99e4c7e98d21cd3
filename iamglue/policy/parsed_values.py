"""The values of a statement as written: strings, principals and conditions, each with its location."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from iamglue.policy.conditions import Condition, Operator, parse_operator
from iamglue.policy.element_names import plain_or_negated
from iamglue.policy.model import MatchList, Principal, Principals
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import Syntax

# Access to Enum members is slow, and these are read for every string of a policy.
_SCALAR, _LIST, _UNKNOWN = NodeKind.SCALAR, NodeKind.LIST, NodeKind.UNKNOWN


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

    @property
    def is_conditional(self) -> bool:
        """Whether some values are in a branch of Fn::If, and thus not in each deployment."""
        return any(node.branches for node in self.values)

    def to_match_list(self) -> MatchList:
        """The element as a value."""
        return MatchList(tuple([node.text for node in self.values]), self.negated)


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

    @property
    def names_only_services(self) -> bool:
        """Whether all principals are known and are AWS services."""
        is_list = not self.negated and self.is_resolved and bool(self.values)
        return is_list and all(value.kind == "Service" for value in self.values)

    def to_principals(self) -> Principals:
        """The element as a value."""
        return Principals(tuple([Principal(item.kind, item.value.text) for item in self.values]), self.negated)


@dataclass(eq=False)
class ParsedCondition:
    """One condition key under one operator. `operator` is None if the name is not a valid operator."""

    operator_node: Node
    operator: Operator | None
    key: Node
    node: Node
    values: tuple[Node, ...]
    is_resolved: bool

    def to_condition(self) -> Condition:
        """The condition as a value. Raises ValueError if the operator is not valid."""
        if self.operator is None:
            raise ValueError(self.operator_node.text)
        return Condition(self.operator, self.key.text, tuple([node.text for node in self.values]))


def parse_match_list(elements: dict[str, tuple[Node, Node]], name: str) -> ParsedMatchList | None:
    """Action or Resource, as `name` says, or its Not-form; the former if both are there, None if neither is."""
    element = plain_or_negated(elements, name)
    if element is None:
        return None
    key, node, negated = element
    return ParsedMatchList(key, node, text_nodes(node), negated, is_resolved(node))


def parse_principals(elements: dict[str, tuple[Node, Node]]) -> ParsedPrincipals | None:
    """Principal or NotPrincipal; the former if both are there, None if neither is."""
    element = plain_or_negated(elements, "Principal")
    if element is None:
        return None
    key, node, negated = element
    if node.kind is _SCALAR:
        everyone = (ParsedPrincipal("*", node),) if node.text == "*" else ()
        return ParsedPrincipals(key, node, everyone, negated, is_resolved=True)
    values = [ParsedPrincipal(kind.text, text, kind) for kind, value in node.pairs for text in text_nodes(value)]
    all_resolved = is_resolved(node) and all(is_resolved(value) for _, value in node.pairs)
    return ParsedPrincipals(key, node, tuple(values), negated, all_resolved)


def parse_conditions(node: Node) -> tuple[ParsedCondition, ...]:
    """Every condition key under every operator of a Condition, in the order of the text."""
    return tuple(
        ParsedCondition(name, operator, key, value, text_nodes(value, words=True), is_resolved(value))
        for name, keys in node.pairs
        for operator in (parse_operator(name.text),)
        for key, value in keys.pairs
    )


def items(node: Node) -> tuple[Node, ...]:
    """The items of a list; any other value is its only item, as the policy language allows for most elements."""
    return node.items if node.kind is _LIST else (node,)


def text_nodes(node: Node, *, words: bool = False) -> tuple[Node, ...]:
    """The strings of a value or list. With `words`, unquoted numbers and Booleans count, as in condition values."""
    values = items(node)
    for value in values:
        if value.plain or value.kind is not _SCALAR:
            return tuple(candidate for candidate in values if is_text(candidate, words=words))
    return values


def is_text(node: Node, *, words: bool = False) -> bool:
    """Whether a node is a string in its syntax: in JSON, a quoted one. Null never is."""
    if node.kind is not _SCALAR or node.is_null:
        return False
    if not node.plain or words:
        return True
    return node.source.syntax is not Syntax.JSON and node.text not in ("true", "false")


def is_resolved(node: Node) -> bool:
    """Whether all items of a value are known before deployment."""
    return node.kind is not _UNKNOWN and _UNKNOWN not in [item.kind for item in node.items]


def has_unknown_part(node: Node) -> bool:
    """Whether a value, or any value in it, is unknown before deployment."""
    return any(part.kind is _UNKNOWN for part in node.walk())
