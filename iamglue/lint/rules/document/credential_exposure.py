"""Credentials are handed out, whoever's they are: such an action is allowed on every resource of its type.

With the credentials of another user, role or database comes all that these may do. Name the roles that may be
assumed, the users whose keys may be made, the database users to connect as.

https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.sensitive_actions import credential_actions
from iamglue.findings import Severity
from iamglue.lint.analysis.sensitive_grants import exposures
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.parsed_policy import PolicyType, WrittenPolicy

RULE = Rule(Severity.WARNING, types=frozenset({PolicyType.IDENTITY}), breadth=True)


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every Action that hands out credentials for every resource."""
    yield from exposures(policy, credential_actions(), "hands out")


GOOD = (
    Case('{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::111122223333:role/reader"}'),
    Case('{"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"}'),
    Case(
        '{"Effect": "Allow", "Action": "iam:CreateAccessKey",'
        ' "Resource": "arn:aws:iam::111122223333:user/${aws:username}"}'
    ),
)
BAD = (
    Case('{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}'),
    Case('{"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "arn:aws:iam::*:user/*"}'),
)
