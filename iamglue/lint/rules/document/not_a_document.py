"""Statements without the document round them: a bare list, a bare statement, or a document put into a list.

A policy is one document: `{"Version": "2012-10-17", "Statement": [...]}`. IAM takes neither the list of statements
alone nor the elements of a statement at the top level, and of several documents each needs a file of its own. The fix
puts the document round the statements, or takes the list off, and leaves the text between as it stands.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Fix, Severity, fix
from iamglue.lint.analysis.element_names import is_bare
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.element_names import IN_DOCUMENT, is_document
from iamglue.policy.parsed_policy import WrittenPolicy
from iamglue.policy.source.nodes import Node, Shape
from iamglue.policy.source.wrapping import around, around_pairs, under_key, unwrapped

RULE = Rule(Severity.ERROR)

_HELP = 'a policy document is `{"Version": "2012-10-17", "Statement": [...]}`'


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """The document, if it is none."""
    node = policy.node
    if node.shape is Shape.LIST:
        yield from _in_a_list(node)
    elif is_bare(policy):
        stray = next(key for key, _ in node.pairs if key.text not in IN_DOCUMENT)
        message = f"`{stray.text}` stands at the top level: the elements of a statement belong under `Statement`"
        yield Hit(stray, message, help=_HELP, fix=_statement_wrapped(node))


def _in_a_list(node: Node) -> Iterator[Hit]:
    if not any(map(is_document, node.items)):
        edits = around(node, '{"Version": "2012-10-17", "Statement": ', "}")
        edits = edits or under_key(node, ('Version: "2012-10-17"', "Statement:"))
        message = "this is a list of statements, not a policy document"
        yield Hit(node, message, help=_HELP, fix=fix("put the document round it", edits))
    elif len(node.items) == 1:
        taken_off = fix("take the list off", unwrapped(node))
        yield Hit(node, "the policy document stands in a list", help="IAM takes the document alone", fix=taken_off)
    else:
        message = f"these are {len(node.items)} values in a list, where one policy document is expected"
        yield Hit(node, message, help="put each policy document into a file of its own")


def _statement_wrapped(node: Node) -> Fix | None:
    """The elements of the statement put into a document; none where elements of a document stand among them."""
    strays = [at for at, (key, _) in enumerate(node.pairs) if key.text not in IN_DOCUMENT]
    first, last = strays[0], strays[-1]
    if len(strays) == len(node.pairs):
        edits = around(node, '{"Version": "2012-10-17", "Statement": [', "]}")
    elif last - first + 1 == len(strays):
        edits = around_pairs(node, first, last, '"Statement": [{', "}]")
    else:
        edits = ()
    return fix("put them into a statement", edits)


GOOD = (
    Case('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'),
    Case('{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'),
)
BAD = (
    Case(
        '[{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}]',
        fixed='{"Version": "2012-10-17", "Statement": '
        '[{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}]}',
    ),
    Case(
        "- Effect: Allow\n  Action: s3:GetObject\n  Resource: arn:aws:s3:::images/*\n",
        fixed='Version: "2012-10-17"\nStatement:\n'
        "- Effect: Allow\n  Action: s3:GetObject\n  Resource: arn:aws:s3:::images/*\n",
    ),
    Case(
        '[{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}]',
        fixed='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}',
    ),
    Case('Version: "2012-10-17"\nEffect: Allow\nAction: s3:GetObject\nResource: arn:aws:s3:::images/*\n'),
)
