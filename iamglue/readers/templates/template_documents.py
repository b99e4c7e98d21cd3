"""Converts the policies of a template to plain data, without statements that are not known before deployment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.patterns.variables import parameter_of, substitute_parameters
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.templates.intrinsic_calls import call_expression

# An unknown value of these elements becomes a parameter; the statement keeps its meaning.
_MAY_BE_UNKNOWN = frozenset({"Resource", "NotResource", "Sid"})
OmissionCallback = Callable[[str], None]


def document_data(policy: ParsedPolicy, statements: Iterable[Node]) -> Any:
    """The document's data, with these statements instead of its own; one that is not known has none."""
    if _is_unknown_value(policy.node):
        return {"Statement": []}
    data = plain_data(policy.node)
    if not isinstance(data, dict):
        return data
    return {key: value for key, value in data.items() if key != "Statement"} | {
        "Statement": list(map(plain_data, statements))
    }


def known_statements(policy: ParsedPolicy, on_omission: OmissionCallback) -> Iterator[Node]:
    """The statements that are known before deployment; calls `on_omission` with a description of each other one."""
    if _is_unknown_value(policy.node):
        on_omission(f"the document at {policy.node.location}")
        return
    for node in policy.statement_nodes:
        is_known = node.kind is not NodeKind.MAP or not any(
            _is_unknown(required) or required.unresolved for required in _required_nodes(node)
        )
        if is_known and not _is_unknown_value(node):
            yield node
        else:
            on_omission(f"the statement at {node.location}")


def _required_nodes(statement: Node) -> Iterator[Node]:
    """The nodes of a statement that must be known; without them the statement is omitted."""
    for key, value in statement.pairs:
        if key.text == "Condition":
            yield from (value, *(condition_keys for _, condition_keys in value.pairs))
        elif "Principal" in key.text:
            yield from (value, *(value_node for _, value_node in value.pairs if _is_unknown(value_node)))
        elif key.text not in _MAY_BE_UNKNOWN:
            yield from value.walk()


def _is_unknown(node: Node) -> bool:
    return node.kind is NodeKind.UNKNOWN


def _is_unknown_value(node: Node) -> bool:
    """Whether a document or statement is not known, or is the text of a parameter."""
    return _is_unknown(node) or (node.kind is NodeKind.SCALAR and node.unresolved)


def plain_data(node: Node) -> Any:
    """A node as data; unknown values are parameters."""
    if node.kind is NodeKind.LIST:
        return [plain_data(item) for item in node.items]
    if node.kind is NodeKind.MAP:
        return {key.text: plain_data(value) for key, value in node.pairs}
    if node.kind is NodeKind.UNKNOWN:
        return parameter_of(call_expression(node))
    return None if node.is_null else node.text


def single_reference(text: str) -> str | None:
    """The name of the parameter if a text is exactly one parameter (`${Name}`), else None."""
    inner = text[2:-1] if text.startswith("${") and text.endswith("}") else ""
    return inner if inner and ":" not in inner and substitute_parameters(text, {inner: ""}) == "" else None
