"""The statements of a document that is none: of a bare list, and of elements without a document round them."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.policy.element_names import is_bare_statement, is_document
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.source.nodes import NodeKind


def policy_statements(policy: ParsedPolicy) -> Iterator[ParsedStatement]:
    """The statements; whole documents that stand in a list are none."""
    if policy.node.kind is NodeKind.LIST:
        return (statement for statement in policy.statements if not is_document(statement.node))
    return iter(policy.statements)


def has_bare_statement(policy: ParsedPolicy) -> bool:
    """Whether the elements of a statement stand where the document's should."""
    return is_bare_statement(policy.node)
