"""An element that the policy language does not have, most often a misspelt one.

Names of elements are spelt exactly: `Action`, not `Actions` or `action`. IAM refuses the policy. A document has
`Version`, `Id` and `Statement`; a statement has `Sid`, `Effect`, `Principal` or `NotPrincipal`, `Action` or
`NotAction`, `Resource` or `NotResource`, and `Condition`. A statement's name stands under `Sid`. The fix renames the
key where one element was clearly meant and is not there.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, fix
from iamglue.lint.analysis.element_names import is_bare, statements
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.element_names import (
    IN_DOCUMENT,
    IN_STATEMENT,
    KNOWN_IN_DOCUMENT,
    KNOWN_IN_STATEMENT,
    meant_in_document,
    meant_in_statement,
)
from iamglue.policy.parsed_policy import WrittenPolicy
from iamglue.policy.source.edits import rewritten
from iamglue.policy.source.nodes import Node, Shape

RULE = Rule(Severity.ERROR, codes=("INVALID_POLICY_ELEMENT",))


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every key of a document or statement that is no element."""
    node = policy.node
    if any(key.text not in KNOWN_IN_DOCUMENT for key, _ in node.pairs):
        yield from _in_statement(node, also=IN_DOCUMENT) if is_bare(policy) else _in_document(node)
    for statement in statements(policy):
        if statement.node is node:
            continue
        for key, _ in statement.node.pairs:
            if key.text not in KNOWN_IN_STATEMENT:
                yield from _in_statement(statement.node)
                break


def _in_document(node: Node) -> Iterator[Hit]:
    meant = meant_in_document(node)
    for key in _unknown(node, IN_DOCUMENT):
        if key.text in KNOWN_IN_STATEMENT:
            yield Hit(key, f"`{key.text}` belongs into a statement, not beside `Statement`")
        else:
            yield _hit(node, key, meant, "a policy document", IN_DOCUMENT)


def _in_statement(node: Node, also: tuple[str, ...] = ()) -> Iterator[Hit]:
    meant = meant_in_statement(node)
    for key in _unknown(node, (*IN_STATEMENT, *also)):
        if key.text == "Version":
            yield Hit(key, "`Version` belongs to the document, beside `Statement`, not into a statement")
        else:
            yield _hit(node, key, meant, "a statement", IN_STATEMENT)


def _unknown(node: Node, known: tuple[str, ...]) -> Iterator[Node]:
    for key, _ in node.pairs:
        if key.text not in known and key.shape is Shape.SCALAR and not key.text.startswith(("Fn::", "<<")):
            yield key


def _hit(node: Node, key: Node, meant: dict[str, Node], where: str, names: tuple[str, ...]) -> Hit:
    right = next((name for name, of in meant.items() if of is key), None)
    message = f"{where} has no element `{key.text}`"
    if right is None:
        return Hit(key, message, help=f"it has {', '.join(names)}")
    other = right.removeprefix("Not") if right.startswith("Not") else f"Not{right}"
    taken = node.get(right) is not None or node.get(other) is not None
    edits = () if taken else rewritten(key, right)
    return Hit(key, message, help=f"did you mean `{right}`?", fix=fix(f"write `{right}`", edits))


GOOD = (
    Case('{"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {}}'),
    Case('{"Version": "2012-10-17", "Id": "a", "Statement": []}'),
)
BAD = (
    Case(
        '{"Effect": "Allow", "Actions": "s3:GetObject", "Resource": "*"}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}',
    ),
    Case(
        '{"Version": "2012-10-17", "Statement": '
        '[{"Statement": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}',
        fixed='{"Version": "2012-10-17", "Statement": '
        '[{"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}',
    ),
    Case(
        "Version: 2012-10-17\nstatement:\n- Effect: Allow\n  Action: s3:GetObject\n  Resource: '*'\n",
        fixed="Version: 2012-10-17\nStatement:\n- Effect: Allow\n  Action: s3:GetObject\n  Resource: '*'\n",
    ),
    Case('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Comment": "reads"}'),
)
