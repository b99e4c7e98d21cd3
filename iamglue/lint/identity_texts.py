"""What a finding of `lint` is about, as texts that identify it: the element of the policy, and what it says."""

from __future__ import annotations

from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.source.nodes import Node, NodeKind

_MAX_TEXT = 80  # of a file that may have only one line


def identity_texts(rule: Rule, violation: RuleViolation, pointer: str, policy: ParsedPolicy | None) -> tuple[str, ...]:
    """The element, its content, and the detail of a violation; `policy` is None for a rule about a whole file.

    White space, comments, quotes and the order of statements do not count. A finding about access is about its whole
    statement: a condition or a resource that changes makes it another finding.
    """
    node = violation.node
    if policy is None:
        return "", _content(node) or _text_at(node), violation.detail
    element = "/".join(step for step in pointer.split("/")[1:] if not step.isdigit())
    content = "" if node is policy.node else _content(node)
    if rule.breadth or rule.severity is Severity.SECURITY_WARNING:
        statement = statement_at(pointer, policy)
        content += "" if statement is None else f"\0{_content(statement)}"
    return element, content, violation.detail


def statement_at(pointer: str, policy: ParsedPolicy) -> Node | None:
    """The statement that a JSON pointer leads into; None if there is none."""
    steps = [step for step in pointer.split("/")[1:3] if step != "Statement"]
    number = int(steps[0]) if steps and steps[0].isdigit() else 0
    statements = policy.statement_nodes[number : number + 1] if pointer else ()
    return statements[0] if statements else None


def _content(node: Node) -> str:
    """The keys and values of a node, except a Sid."""
    if node.kind is NodeKind.SCALAR:
        return node.text
    sid = (node.key("Sid"), node.get("Sid"))
    return "\0".join(inner.text for inner in node.walk() if inner not in sid)


def _text_at(node: Node) -> str:
    """The text of the file from the start of a node to the end of its line."""
    return node.source.text[node.start : node.start + _MAX_TEXT].partition("\n")[0].strip()
