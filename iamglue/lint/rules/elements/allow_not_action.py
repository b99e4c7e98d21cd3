"""An Allow uses `NotAction`: it allows every action except those listed, including actions of future services.

It is easy to forget an action in such a list, and every new AWS service adds to what is allowed. List the required
actions in `Action`; to forbid some, add a Deny.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import RESOURCE_BASED_TYPES, Rule, RuleExample, RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

RULE = Rule(Severity.WARNING, types=RESOURCE_BASED_TYPES | {PolicyType.IDENTITY}, breadth=True)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report Allow statements with `NotAction`."""
    for statement in policy.statements:
        element = statement.action
        if element is not None and element.negated and statement.effect is Effect.ALLOW:
            message = "`NotAction` allows every action except those it lists, including actions of future services"
            yield RuleViolation(element.key, message, help="list the required actions in `Action`")


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}'),
    RuleExample('{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}'),
)
BAD = (
    RuleExample('{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}'),
    RuleExample('{"Effect": "Allow", "NotAction": ["s3:DeleteBucket"], "Resource": "arn:aws:s3:::images"}'),
)
