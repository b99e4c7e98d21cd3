"""The policies of a template as plain data, as far as they are known before deployment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.patterns.variables import substitute_parameters
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.readers.templates.text_substitution import parameter_reference

# A value that is not known can stand here as a text that is not known, without changing what the statement is about.
_OPEN = frozenset({"Resource", "NotResource", "Sid"})
OmissionCallback = Callable[[str], None]


def document_data(policy: ParsedPolicy, told: OmissionCallback) -> Any:
    """The document's data. `told` is given in words what is left out, because nobody knows it yet."""
    found = plain_data(policy.node)
    if not isinstance(found, dict):
        return found
    statements = list(_statements(policy, told))
    return {key: of for key, of in found.items() if key != "Statement"} | {"Statement": statements}


def _statements(policy: ParsedPolicy, told: OmissionCallback) -> Iterator[Any]:
    for node in policy.statement_nodes:
        if _is_unknown(node):
            told(f"the statement at {node.location}")
        elif node.kind is not NodeKind.MAP:
            yield plain_data(node)
        elif any(_is_unknown(each) or each.unresolved for each in _fixed(node)):
            told(f"the statement at {node.location}")
        else:
            yield plain_data(node)


def _fixed(statement: Node) -> Iterator[Node]:
    """The values of a statement that have to be known for it to mean anything."""
    for key, value in statement.pairs:
        if key.text == "Condition":
            yield from (value, *(keys for _, keys in value.pairs))
        elif "Principal" in key.text:
            yield from (value, *(each for _, each in value.pairs if _is_unknown(each)))
        elif key.text not in _OPEN:
            yield from value.walk()


def _is_unknown(node: Node) -> bool:
    return node.kind is NodeKind.UNKNOWN


def plain_data(node: Node) -> Any:
    """A node as data: what is not known as a parameter."""
    if node.kind is NodeKind.LIST:
        return [plain_data(each) for each in node.items]
    if node.kind is NodeKind.MAP:
        return {key.text: plain_data(value) for key, value in node.pairs}
    if node.kind is NodeKind.UNKNOWN:
        return parameter_reference(node.text or "Unknown")
    return None if node.is_null else node.text


def single_reference(text: str) -> str | None:
    """The name where a text is one parameter alone."""
    inner = text[2:-1] if text.startswith("${") and text.endswith("}") else ""
    return inner if inner.isalnum() and substitute_parameters(text, {inner: ""}) == "" else None
