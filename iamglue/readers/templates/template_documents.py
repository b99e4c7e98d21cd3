"""The policies of a template as plain data, as far as they are known before deployment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from iamglue.policy.parsed_policy import WrittenPolicy
from iamglue.policy.patterns.variables import substitute
from iamglue.policy.source.nodes import Node, Shape
from iamglue.readers.templates.template_texts import parameter

# A value that is not known can stand here as a text that is not known, without changing what the statement is about.
_OPEN = frozenset({"Resource", "NotResource", "Sid"})
Told = Callable[[str], None]


def document_data(policy: WrittenPolicy, told: Told) -> Any:
    """The document's data. `told` is given in words what is left out, because nobody knows it yet."""
    found = plain(policy.node)
    if not isinstance(found, dict):
        return found
    statements = list(_statements(policy, told))
    return {key: of for key, of in found.items() if key != "Statement"} | {"Statement": statements}


def _statements(policy: WrittenPolicy, told: Told) -> Iterator[Any]:
    for node in policy.statement_nodes:
        if _is_unknown(node):
            told(f"the statement at {node.location}")
        elif node.shape is not Shape.MAP:
            yield plain(node)
        elif any(_is_unknown(each) or each.holes for each in _fixed(node)):
            told(f"the statement at {node.location}")
        else:
            yield plain(node)


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
    return node.shape is Shape.UNKNOWN


def plain(node: Node) -> Any:
    """A node as data: what is not known as a parameter."""
    if node.shape is Shape.LIST:
        return [plain(each) for each in node.items]
    if node.shape is Shape.MAP:
        return {key.text: plain(value) for key, value in node.pairs}
    if node.shape is Shape.UNKNOWN:
        return parameter(node.text or "Unknown")
    return None if node.is_null else node.text


def one_reference(text: str) -> str | None:
    """The name where a text is one parameter alone."""
    inner = text[2:-1] if text.startswith("${") and text.endswith("}") else ""
    return inner if inner.isalnum() and substitute(text, {inner: ""}) == "" else None
