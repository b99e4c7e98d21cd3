"""Statements without a policy document: a list of statements, a single statement, or a document inside a list.

A policy is one document: `{"Version": "2012-10-17", "Statement": [...]}`. IAM accepts neither a list of statements nor
statement elements at the top level, and each document needs a file of its own. The fix adds the document around the
statements, or removes the list around the document, and keeps the text between unchanged.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Fix, Severity, build_fix
from iamglue.lint.analysis.bare_statements import has_bare_statement
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.element_names import DOCUMENT_ELEMENTS, is_document
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.wrapping import nest_under_key, unwrap_list, wrap_node, wrap_pairs

RULE = Rule(Severity.ERROR)

_HELP = 'a policy document is `{"Version": "2012-10-17", "Statement": [...]}`'


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report the top-level value if it is not a policy document."""
    node = policy.node
    if node.kind is NodeKind.LIST:
        yield from _list_violation(node)
    elif has_bare_statement(policy):
        misplaced = next(key for key, _ in node.pairs if key.text not in DOCUMENT_ELEMENTS)
        message = f"`{misplaced.text}` is at the top level; statement elements belong under `Statement`"
        yield RuleViolation(misplaced, message, help=_HELP, fix=_wrap_statement(node))


def _list_violation(node: Node) -> Iterator[RuleViolation]:
    """Report a list at the top level: of statements, of one document, or of several."""
    if not any(map(is_document, node.items)):
        edits = wrap_node(node, '{"Version": "2012-10-17", "Statement": ', "}")
        edits = edits or nest_under_key(node, ('Version: "2012-10-17"', "Statement:"))
        message = "the policy is a list of statements, not a policy document"
        yield RuleViolation(node, message, help=_HELP, fix=build_fix("wrap it in a policy document", edits))
    elif len(node.items) == 1:
        fix = build_fix("remove the list", unwrap_list(node))
        yield RuleViolation(
            node, "the policy document is inside a list", help="IAM accepts only the document itself", fix=fix
        )
    else:
        message = f"the policy is a list of {len(node.items)} values; expected one policy document"
        yield RuleViolation(node, message, help="put each policy document into a file of its own")


def _wrap_statement(node: Node) -> Fix | None:
    """Move the statement elements into a document. None if document elements are between them."""
    indexes = [index for index, (key, _) in enumerate(node.pairs) if key.text not in DOCUMENT_ELEMENTS]
    first, last = indexes[0], indexes[-1]
    if len(indexes) == len(node.pairs):
        edits = wrap_node(node, '{"Version": "2012-10-17", "Statement": [', "]}")
    elif last - first + 1 == len(indexes):
        edits = wrap_pairs(node, first, last, '"Statement": [{', "}]")
    else:
        edits = ()
    return build_fix("move them into a statement", edits)


GOOD = (
    RuleExample('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'),
    RuleExample('{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'),
)
BAD = (
    RuleExample(
        '[{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}]',
        fixed='{"Version": "2012-10-17", "Statement": '
        '[{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}]}',
    ),
    RuleExample(
        "- Effect: Allow\n  Action: s3:GetObject\n  Resource: arn:aws:s3:::images/*\n",
        fixed='Version: "2012-10-17"\nStatement:\n'
        "- Effect: Allow\n  Action: s3:GetObject\n  Resource: arn:aws:s3:::images/*\n",
    ),
    RuleExample(
        '[{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}]',
        fixed='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}',
    ),
    RuleExample('Version: "2012-10-17"\nEffect: Allow\nAction: s3:GetObject\nResource: arn:aws:s3:::images/*\n'),
)
