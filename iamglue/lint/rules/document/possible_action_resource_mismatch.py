"""An action and the resources of its statement that by AWS's reference never meet, in a service where it may err.

As `action-resource-mismatch`, for all other services. AWS's own policies name resources for many actions that by the
reference take only `*` (`ec2:DescribeInstances`), or others: some grant nothing there, some do. Look at the service's
documentation before changing such a statement.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Confidence, Severity
from iamglue.lint.analysis.disjoint import find_unmatched
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(Severity.WARNING, confidence=Confidence.MEDIUM, pedantic=True)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every action that meets no resource of its statement, else every resource that meets no action."""
    return find_unmatched(policy, sure=False)


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "ec2:DescribeInstances", "Resource": "*"}'),
    RuleExample('{"Effect": "Allow", "Action": "ec2:*", "Resource": "arn:aws:ec2:eu-west-1:123456789012:instance/*"}'),
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images"}'),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:DescribeInstances",'
        ' "Resource": "arn:aws:ec2:eu-west-1:123456789012:instance/*"}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:GetRole", "Resource": ["arn:aws:iam::123456789012:role/a",'
        ' "arn:aws:iam::123456789012:user/a"]}'
    ),
)
