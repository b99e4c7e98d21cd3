"""An Allow with NotAction: every action but some is allowed, those of services to come as well.

What a list leaves out is easily forgotten, and every new service of AWS adds to what is allowed. List the actions
that are needed in `Action`; to forbid some, add a Deny.

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
    """Every Allow statement with NotAction."""
    for statement in policy.statements:
        element = statement.action
        if element is not None and element.negated and statement.effect is Effect.ALLOW:
            message = "`NotAction` allows every action but those it lists, in services to come too"
            yield RuleViolation(element.key, message, help="list what is needed in `Action`")


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}'),
    RuleExample('{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}'),
)
BAD = (
    RuleExample('{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}'),
    RuleExample('{"Effect": "Allow", "NotAction": ["s3:DeleteBucket"], "Resource": "arn:aws:s3:::images"}'),
)
