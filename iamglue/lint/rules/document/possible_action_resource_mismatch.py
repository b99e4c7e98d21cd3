"""An action that may not apply to the resources of its statement, in a service whose reference is less reliable.

Like `action-resource-mismatch`, for all other services. AWS's own policies list resources for many actions that,
according to the reference, support only `*` (`ec2:DescribeInstances`) or other resource types: some of them grant
nothing, some do. Check the documentation of the service before you change such a statement.

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
    """Find actions that match no resource of their statement; if there are none, resources that match no action."""
    return find_unmatched(policy, reliable=False)


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
