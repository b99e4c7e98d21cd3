"""Statements without the document round them: a bare list, a bare statement, or a document put into a list.

A policy is one document: `{"Version": "2012-10-17", "Statement": [...]}`. IAM takes neither the list of statements
alone nor the elements of a statement at the top level, and of several documents each needs a file of its own. The fix
puts the document round the statements, or takes the list off, and leaves the text between as it stands.

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
    """The document, if it is none."""
    node = policy.node
    if node.kind is NodeKind.LIST:
        yield from _list_violation(node)
    elif has_bare_statement(policy):
        misplaced = next(key for key, _ in node.pairs if key.text not in DOCUMENT_ELEMENTS)
        message = f"`{misplaced.text}` stands at the top level: the elements of a statement belong under `Statement`"
        yield RuleViolation(misplaced, message, help=_HELP, fix=_wrap_statement(node))


def _list_violation(node: Node) -> Iterator[RuleViolation]:
    if not any(map(is_document, node.items)):
        edits = wrap_node(node, '{"Version": "2012-10-17", "Statement": ', "}")
        edits = edits or nest_under_key(node, ('Version: "2012-10-17"', "Statement:"))
        message = "this is a list of statements, not a policy document"
        yield RuleViolation(node, message, help=_HELP, fix=build_fix("put the document round it", edits))
    elif len(node.items) == 1:
        fix = build_fix("take the list off", unwrap_list(node))
        yield RuleViolation(node, "the policy document stands in a list", help="IAM takes the document alone", fix=fix)
    else:
        message = f"these are {len(node.items)} values in a list, where one policy document is expected"
        yield RuleViolation(node, message, help="put each policy document into a file of its own")


def _wrap_statement(node: Node) -> Fix | None:
    """The elements of the statement put into a document; none where elements of a document stand among them."""
    indexes = [index for index, (key, _) in enumerate(node.pairs) if key.text not in DOCUMENT_ELEMENTS]
    first, last = indexes[0], indexes[-1]
    if len(indexes) == len(node.pairs):
        edits = wrap_node(node, '{"Version": "2012-10-17", "Statement": [', "]}")
    elif last - first + 1 == len(indexes):
        edits = wrap_pairs(node, first, last, '"Statement": [{', "}]")
    else:
        edits = ()
    return build_fix("put them into a statement", edits)


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
