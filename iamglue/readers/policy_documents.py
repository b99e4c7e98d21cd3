"""What a bare document is: one policy, a list of its statements, or neither; and what kind of policy."""

from __future__ import annotations

from iamglue.policy.model import VERSION_2008, VERSION_2012
from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.source.nodes import Node, NodeKind

_ELEMENTS = frozenset({"effect", "action", "notaction", "resource", "notresource", "principal", "notprincipal"})
_STATEMENTS = frozenset({"statement", "statements"})
_VERSIONS = frozenset({VERSION_2008, VERSION_2012})
_PRINCIPALS = ("Principal", "NotPrincipal")


def is_policy(node: Node) -> bool:
    """Whether a map is a policy document, faults and all: one whose `Statement` is misspelt or missing, too."""
    if node.get("Statement") is not None:
        return True
    keys = {key.text.lower(): value for key, value in node.pairs}
    version = keys.get("version")
    if version is not None and version.text in _VERSIONS:
        return True
    if any(_holds_statements(keys[name]) for name in _STATEMENTS & keys.keys()):
        return True
    return is_statement(node)


def is_statement(node: Node) -> bool:
    """Whether a map is a statement: it has two elements of one at least."""
    return len(_ELEMENTS & {key.text.lower() for key, _ in node.pairs}) > 1


def is_statement_list(node: Node) -> bool:
    """Whether a list is one of statements."""
    return node.kind is NodeKind.LIST and any(map(is_statement, node.items))


def has_statements(node: Node) -> bool:
    """Whether a map has `Statement` as documents have it; as a text it is a statement's misspelt Sid."""
    found = node.get("Statement")
    return found is not None and found.kind is not NodeKind.SCALAR


def _holds_statements(node: Node) -> bool:
    return is_statement(node) or is_statement_list(node)


def guess_policy_type(node: Node) -> PolicyType | None:
    """RESOURCE or TRUST for a document whose statements name principals; None for one that does not."""
    found = node if node.kind is NodeKind.LIST else node.get("Statement")
    if found is None:
        return None
    statements = found.items if found.kind is NodeKind.LIST else (found,)
    if not any(each.get(name) is not None for each in statements for name in _PRINCIPALS):
        return None
    return PolicyType.TRUST if all(map(_is_of_trust, statements)) else PolicyType.RESOURCE


def _is_of_trust(statement: Node) -> bool:
    action = statement.get("Action")
    if action is None or statement.get("Resource") is not None or statement.get("NotResource") is not None:
        return False
    actions = action.items if action.kind is NodeKind.LIST else (action,)
    return bool(actions) and all(each.text.lower().startswith("sts:") for each in actions)
