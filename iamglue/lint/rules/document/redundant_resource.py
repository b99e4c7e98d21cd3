"""A resource that another resource in the same list covers.

`arn:aws:s3:::images/in/*` together with `arn:aws:s3:::images/*` adds nothing, and makes the statement look narrower
than it is. If only the specific resources are intended, remove the wildcard instead.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.covered_values import CoveredValues
from iamglue.lint.analysis.redundant_values import redundant_value_violation
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.arns import is_single_star, resource_covers
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.parsed_values import ParsedMatchList

RULE = Rule(Severity.SUGGESTION, codes=("REDUNDANT_RESOURCE",), form=True)

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
        is_duplicate = node.text == covering.text
        yield redundant_value_violation(element, node, covering, _HELP, is_duplicate=is_duplicate)


def _covers(general: str, specific: str) -> bool:
    """True if `general` matches everything that `specific` matches."""
    if not specific.startswith("arn:") and not is_single_star(specific):
        return is_single_star(general)  # not an ARN, or an ARN whose fields are unknown
    return resource_covers(general, specific)


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
