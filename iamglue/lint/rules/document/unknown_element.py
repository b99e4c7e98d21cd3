"""An element that the policy language does not have, usually a misspelled one.

Element names are case-sensitive: `Action`, not `Actions` or `action`. IAM rejects the policy. A document has `Version`,
`Id` and `Statement`; a statement has `Sid`, `Effect`, `Principal` or `NotPrincipal`, `Action` or `NotAction`,
`Resource` or `NotResource`, and `Condition`. The name of a statement is its `Sid`. The fix renames the key if it is
clear which element was intended and that element is missing.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.bare_statements import has_bare_statement, policy_statements
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.element_names import (
    DOCUMENT_ELEMENT_SET,
    DOCUMENT_ELEMENTS,
    STATEMENT_ELEMENT_SET,
    STATEMENT_ELEMENTS,
    misspelled_document_elements,
    misspelled_statement_elements,
)
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node, NodeKind

RULE = Rule(Severity.ERROR, codes=("INVALID_POLICY_ELEMENT",))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find keys of a document or statement that are not elements of the policy language."""
    node = policy.node
    if any(key.text not in DOCUMENT_ELEMENT_SET for key, _ in node.pairs):
        yield from (
            _statement_violations(node, also=DOCUMENT_ELEMENTS)
            if has_bare_statement(policy)
            else _document_violations(node)
        )
    for statement in policy_statements(policy):
        if statement.node is node:
            continue
        for key, _ in statement.node.pairs:
            if key.text not in STATEMENT_ELEMENT_SET:
                yield from _statement_violations(statement.node)
                break


def _document_violations(node: Node) -> Iterator[RuleViolation]:
    """Yield the unknown elements of a document; some belong in a statement."""
    misspelled = misspelled_document_elements(node)
    for key in _unknown_keys(node, DOCUMENT_ELEMENTS):
        if key.text in STATEMENT_ELEMENT_SET:
            yield RuleViolation(key, f"`{key.text}` is at the top level; it belongs in a statement")
        else:
            yield _violation(node, key, misspelled, "a policy document", DOCUMENT_ELEMENTS)


def _statement_violations(node: Node, also: tuple[str, ...] = ()) -> Iterator[RuleViolation]:
    """Report unknown keys of a statement; `also` are document elements that are known at the same level."""
    misspelled = misspelled_statement_elements(node)
    for key in _unknown_keys(node, (*STATEMENT_ELEMENTS, *also)):
        if key.text == "Version":
            yield RuleViolation(key, "`Version` is in a statement; it belongs at the top level, next to `Statement`")
        else:
            yield _violation(node, key, misspelled, "a statement", STATEMENT_ELEMENTS)


def _unknown_keys(node: Node, known: tuple[str, ...]) -> Iterator[Node]:
    """Keys that are not among `known`. CloudFormation functions and YAML merge keys are skipped."""
    for key, _ in node.pairs:
        if key.text not in known and key.kind is NodeKind.SCALAR and not key.text.startswith(("Fn::", "<<")):
            yield key


def _violation(
    node: Node, key: Node, misspelled: dict[str, Node], container: str, names: tuple[str, ...]
) -> RuleViolation:
    """The violation of an unknown element; no fix if the element that is meant is already there."""
    suggestion = next((name for name, misspelled_key in misspelled.items() if misspelled_key is key), None)
    message = f"{container} has no element `{key.text}`"
    if suggestion is None:
        return RuleViolation(key, message, help=f"valid elements are {', '.join(names)}")
    opposite = suggestion.removeprefix("Not") if suggestion.startswith("Not") else f"Not{suggestion}"
    is_present = node.get(suggestion) is not None or node.get(opposite) is not None
    edits = () if is_present else replace_scalar(key, suggestion)
    return RuleViolation(
        key, message, help=f"did you mean `{suggestion}`?", fix=build_fix(f"write `{suggestion}`", edits)
    )


GOOD = (
    RuleExample('{"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {}}'),
    RuleExample('{"Version": "2012-10-17", "Id": "a", "Statement": []}'),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Actions": "s3:GetObject", "Resource": "*"}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}',
    ),
    RuleExample(
        '{"Version": "2012-10-17", "Statement": '
        '[{"Statement": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}',
        fixed='{"Version": "2012-10-17", "Statement": '
        '[{"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}',
    ),
    RuleExample(
        "Version: 2012-10-17\nstatement:\n- Effect: Allow\n  Action: s3:GetObject\n  Resource: '*'\n",
        fixed="Version: 2012-10-17\nStatement:\n- Effect: Allow\n  Action: s3:GetObject\n  Resource: '*'\n",
    ),
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Comment": "reads"}'),
)
