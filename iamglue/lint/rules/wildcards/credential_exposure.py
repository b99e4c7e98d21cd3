"""An action that returns credentials is allowed on every resource of its type.

With the credentials of another user, role or database, a caller gets all of its permissions. Name the roles that may be
assumed, the users whose access keys may be created, and the database users to connect as.

https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.sensitive_actions import credential_actions
from iamglue.findings import Severity
from iamglue.lint.analysis.sensitive_violations import exposed_action_violations
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

RULE = Rule(Severity.WARNING, types=frozenset({PolicyType.IDENTITY}), breadth=True)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find Action elements that return credentials for every resource."""
    yield from exposed_action_violations(policy, credential_actions, "obtain")


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::111122223333:role/reader"}'),
    RuleExample('{"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"}'),
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:CreateAccessKey",'
        ' "Resource": "arn:aws:iam::111122223333:user/${aws:username}"}'
    ),
)
BAD = (
    RuleExample('{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}'),
    RuleExample('{"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "arn:aws:iam::*:user/*"}'),
)
