"""Statements of a policy whose document is missing: a list of statements, or statement elements at the top level."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.policy.element_names import is_bare_statement, is_document
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.source.nodes import NodeKind


def policy_statements(policy: ParsedPolicy) -> Iterator[ParsedStatement]:
    """The statements of the policy, without the documents in a list of documents."""
    if policy.node.kind is NodeKind.LIST:
        return (statement for statement in policy.statements if not is_document(statement.node))
    return iter(policy.statements)


def has_bare_statement(policy: ParsedPolicy) -> bool:
    """True if the elements of a statement are at the top level."""
    return is_bare_statement(policy.node)
