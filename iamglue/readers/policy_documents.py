"""Recognises policy documents, statements and lists of statements, and guesses the policy type."""

from __future__ import annotations

from iamglue.policy.model import VERSION_2008, VERSION_2012
from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.parsed_values import items
from iamglue.policy.source.nodes import Node, NodeKind

_ELEMENTS = frozenset({"effect", "action", "notaction", "resource", "notresource", "principal", "notprincipal"})
_STATEMENT_KEYS = frozenset({"statement", "statements"})
_VERSIONS = frozenset({VERSION_2008, VERSION_2012})
_PRINCIPAL_KEYS = ("Principal", "NotPrincipal")


def is_policy(node: Node) -> bool:
    """Whether a map is a policy document, even a malformed one whose `Statement` is misspelt or missing."""
    if node.get("Statement") is not None:
        return True
    keys = {key.text.lower(): value for key, value in node.pairs}
    version = keys.get("version")
    if version is not None and version.text in _VERSIONS:
        return True
    if any(_is_statement_value(keys[name]) for name in _STATEMENT_KEYS & keys.keys()):
        return True
    return is_statement(node)


def is_statement(node: Node) -> bool:
    """Whether a map is a statement: it has at least two statement elements."""
    return len(_ELEMENTS & {key.text.lower() for key, _ in node.pairs}) > 1


def is_statement_list(node: Node) -> bool:
    """Whether a node is a list with at least one statement."""
    return node.kind is NodeKind.LIST and any(map(is_statement, node.items))


def has_statements(node: Node) -> bool:
    """Whether a map has a `Statement` of statements; a text under that key is a statement's misspelt `Sid`."""
    statement = node.get("Statement")
    return statement is not None and statement.kind is not NodeKind.SCALAR


def _is_statement_value(node: Node) -> bool:
    return is_statement(node) or is_statement_list(node)


def guess_policy_type(node: Node) -> PolicyType | None:
    """RESOURCE or TRUST for a document whose statements name principals; None for any other document."""
    statement_node = node if node.kind is NodeKind.LIST else node.get("Statement")
    if statement_node is None:
        return None
    statements = items(statement_node)
    if not any(statement.get(name) is not None for statement in statements for name in _PRINCIPAL_KEYS):
        return None
    return PolicyType.TRUST if all(map(_is_trust_statement, statements)) else PolicyType.RESOURCE


def _is_trust_statement(statement: Node) -> bool:
    """Whether a statement lets principals assume a role: only actions of STS, and no resource."""
    action = statement.get("Action")
    if action is None or statement.get("Resource") is not None or statement.get("NotResource") is not None:
        return False
    actions = items(action)
    return bool(actions) and all(action_node.text.lower().startswith("sts:") for action_node in actions)
