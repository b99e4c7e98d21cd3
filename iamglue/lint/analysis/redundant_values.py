"""Violations for a value of a list that another value of the list covers."""

from __future__ import annotations

from iamglue.findings import build_fix
from iamglue.lint.rule import RuleViolation
from iamglue.policy.parsed_values import ParsedMatchList
from iamglue.policy.source.edits import remove_child
from iamglue.policy.source.nodes import Node


def redundant_value_violation(
    element: ParsedMatchList, node: Node, covering: Node, help: str, *, is_duplicate: bool
) -> RuleViolation:
    """The violation for `node`, which `covering` covers; `is_duplicate`: both are the same value."""
    message = f"`{node.text}` is listed twice" if is_duplicate else f"`{node.text}` is covered by `{covering.text}`"
    removal = build_fix(f"remove `{node.text}`", remove_child(element.node, node), safe=True)
    code = "" if element.negated else None  # AWS checks only `Action` and `Resource`
    return RuleViolation(node, message, help=help, code=code, fix=removal)
