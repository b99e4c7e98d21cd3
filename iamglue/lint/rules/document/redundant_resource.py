"""A resource that another resource in the same list covers.

`arn:aws:s3:::images/in/*` together with `arn:aws:s3:::images/*` adds nothing, and makes the statement look narrower
than it is. If only the specific resources are intended, remove the wildcard instead.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.covered_values import CoveredValues
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.arns import is_single_star, resource_covers
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.parsed_values import ParsedMatchList
from iamglue.policy.source.edits import remove_child
from iamglue.policy.source.nodes import Node

RULE = Rule(Severity.SUGGESTION, codes=("REDUNDANT_RESOURCE",))

_HELP = "remove it, or remove the wildcard if only this resource is intended"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find resources that another value of the same list covers."""
    for statement in policy.statements:
        element = statement.resource
        if element is not None and len(element.values) > 1:
            yield from _redundant_values(element)


def _redundant_values(element: ParsedMatchList) -> Iterator[RuleViolation]:
    coverage = CoveredValues(((node, node.text) for node in element.values), _covers)
    for node, covering in coverage.find_covered():
        yield _violation(element, node, covering)


def _covers(general: str, specific: str) -> bool:
    """True if `general` matches everything that `specific` matches."""
    if not specific.startswith("arn:") and not is_single_star(specific):
        return is_single_star(general)  # not an ARN, or an ARN whose fields are unknown
    return resource_covers(general, specific)


def _violation(element: ParsedMatchList, node: Node, covering: Node) -> RuleViolation:
    is_duplicate = node.text == covering.text
    message = f"`{node.text}` is listed twice" if is_duplicate else f"`{node.text}` is covered by `{covering.text}`"
    removal = build_fix(f"remove `{node.text}`", remove_child(element.node, node), safe=True)
    code = "" if element.negated else None
    return RuleViolation(node, message, help=_HELP, code=code, fix=removal)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::images", "arn:aws:s3:::images/*"]}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "sqs:*",'
        ' "Resource": ["arn:aws:sqs:eu-west-1:*:a", "arn:aws:sqs:*:123456789012:a"]}',
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:GetRole",'
        ' "Resource": ["arn:aws:iam::111122223333:role/jane-admin", "arn:aws:iam::111122223333:role/jane*"]}',
        fixed='{"Effect": "Allow", "Action": "iam:GetRole", "Resource": ["arn:aws:iam::111122223333:role/jane*"]}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["*", "arn:aws:s3:::images/*"]}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["*"]}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject",'
        ' "Resource": ["arn:aws:s3:::images/${aws:username}/*", "arn:aws:s3:::images/*"]}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::images/*"]}',
    ),
)
