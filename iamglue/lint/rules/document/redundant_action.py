"""An action that another one of the same list covers.

`iam:GetRole` beside `iam:Get*` says nothing of its own: it hides what the statement really allows, and takes room of
the policy's size limit. An action that is covered only in part (`iam:*Role` beside `iam:Get*`) is not redundant. If
the narrow actions are what is meant, drop the wide one instead.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, fix
from iamglue.lint.analysis.coverage import Coverage
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.parsed_policy import WrittenPolicy
from iamglue.policy.parsed_values import Element
from iamglue.policy.patterns.wildcards import covers
from iamglue.policy.source.edits import without
from iamglue.policy.source.nodes import Node

RULE = Rule(Severity.SUGGESTION, codes=("REDUNDANT_ACTION",))


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every action that another value of its list covers."""
    for statement in policy.statements:
        element = statement.action
        if element is not None and len(element.values) > 1:
            yield from _redundant(element)


def _redundant(element: Element) -> Iterator[Hit]:
    if not element.wild and len(set(element.lower)) == len(element.lower):
        return
    coverage = Coverage(zip(element.values, element.lower, strict=True), covers)
    for node, by in coverage.covered():
        yield _hit(element, node, by)


def _hit(element: Element, node: Node, by: Node) -> Hit:
    same = node.text.lower() == by.text.lower()
    message = f"`{node.text}` stands here twice" if same else f"`{node.text}` is covered by `{by.text}`"
    drop = fix(f"remove `{node.text}`", without(element.node, node), safe=True)
    code = "" if element.negated else None
    return Hit(node, message, help="remove it, or the wider one if only this is meant", code=code, fix=drop)


GOOD = (
    Case('{"Effect": "Allow", "Action": ["iam:Get*", "iam:List*", "iam:*CredentialReport"], "Resource": "*"}'),
    Case('{"Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjectVersion"], "Resource": "arn:aws:s3:::a/*"}'),
)
BAD = (
    Case(
        '{"Effect": "Allow", "Action": ["iam:Get*", "iam:List*", "iam:GetCredentialReport"], "Resource": "*"}',
        fixed='{"Effect": "Allow", "Action": ["iam:Get*", "iam:List*"], "Resource": "*"}',
    ),
    Case(
        '{"Effect": "Allow", "Action": ["s3:getobject", "s3:*"], "Resource": "arn:aws:s3:::a/*"}',
        fixed='{"Effect": "Allow", "Action": ["s3:*"], "Resource": "arn:aws:s3:::a/*"}',
    ),
    Case(
        '{"Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:SendMessage"], "Resource": "*"}',
        fixed='{"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": "*"}',
    ),
)
