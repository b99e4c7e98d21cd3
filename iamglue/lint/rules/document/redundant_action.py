"""An action that another action in the same list covers.

`iam:GetRole` together with `iam:Get*` adds nothing. It hides what the statement really allows and counts towards the
size limit of the policy. An action that is covered only partly (`iam:*Role` together with `iam:Get*`) is not redundant.
If only the specific actions are intended, remove the wildcard instead.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.covered_values import CoveredValues
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.parsed_values import ParsedMatchList
from iamglue.policy.patterns.wildcards import covers
from iamglue.policy.source.edits import remove_child
from iamglue.policy.source.nodes import Node

RULE = Rule(Severity.SUGGESTION, codes=("REDUNDANT_ACTION",))

_HELP = "remove it, or remove the wildcard if only this action is intended"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find actions that another value of the same list covers."""
    for statement in policy.statements:
        element = statement.action
        if element is not None and len(element.values) > 1:
            yield from _redundant_values(element)


def _redundant_values(element: ParsedMatchList) -> Iterator[RuleViolation]:
    if not element.wildcards and len(set(element.lowercase)) == len(element.lowercase):
        return
    coverage = CoveredValues(zip(element.values, element.lowercase, strict=True), covers)
    for node, covering in coverage.find_covered():
        yield _violation(element, node, covering)


def _violation(element: ParsedMatchList, node: Node, covering: Node) -> RuleViolation:
    is_duplicate = node.text.lower() == covering.text.lower()
    message = f"`{node.text}` is listed twice" if is_duplicate else f"`{node.text}` is covered by `{covering.text}`"
    removal = build_fix(f"remove `{node.text}`", remove_child(element.node, node), safe=True)
    code = "" if element.negated else None
    return RuleViolation(node, message, help=_HELP, code=code, fix=removal)


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": ["iam:Get*", "iam:List*", "iam:*CredentialReport"], "Resource": "*"}'),
    RuleExample(
        '{"Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjectVersion"], "Resource": "arn:aws:s3:::a/*"}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": ["iam:Get*", "iam:List*", "iam:GetCredentialReport"], "Resource": "*"}',
        fixed='{"Effect": "Allow", "Action": ["iam:Get*", "iam:List*"], "Resource": "*"}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": ["s3:getobject", "s3:*"], "Resource": "arn:aws:s3:::a/*"}',
        fixed='{"Effect": "Allow", "Action": ["s3:*"], "Resource": "arn:aws:s3:::a/*"}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:SendMessage"], "Resource": "*"}',
        fixed='{"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": "*"}',
    ),
)
