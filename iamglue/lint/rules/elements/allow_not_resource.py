"""An Allow uses `NotResource`: it allows every resource except those listed, including future resources.

Each resource that is created later is allowed until someone updates the list. List the required resources in
`Resource`; to forbid some, add a Deny.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import RESOURCE_BASED_TYPES, Rule, RuleExample, RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

RULE = Rule(Severity.WARNING, types=RESOURCE_BASED_TYPES | {PolicyType.IDENTITY}, breadth=True)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report Allow statements with `NotResource`."""
    for statement in policy.statements:
        element = statement.resource
        if element is not None and element.negated and statement.effect is Effect.ALLOW:
            message = "`NotResource` allows every resource except those it lists, including future resources"
            yield RuleViolation(element.key, message, help="list the required resources in `Resource`")


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}'),
    RuleExample('{"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::images/*"}'),
)
BAD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::secrets/*"}'),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:*", "NotResource": ["arn:aws:s3:::secrets", "arn:aws:s3:::secrets/*"]}'
    ),
)
