"""A statement that allows `iam:CreateServiceLinkedRole` for any service.

A service-linked role lets an AWS service act in the account. Name the role in `Resource`
(`arn:aws:iam::*:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS`), or name the service with the condition
key `iam:AWSServiceName`. A wildcard in the service name does not limit the service. A resource-based policy cannot
allow this action, so only identity-based policies are checked.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.wide_role_action import WideRoleAction
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

RULE = Rule(
    Severity.WARNING,
    codes=(
        "CREATE_SLR_WITH_STAR_IN_RESOURCE",
        "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE",
        "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
        "CREATE_SLR_WITH_NOT_RESOURCE",
        "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
        "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE",
    ),
    types=frozenset({PolicyType.IDENTITY}),
)
_CREATE_SERVICE_LINKED_ROLE = WideRoleAction(
    "iam:CreateServiceLinkedRole", "CREATE_SLR", "iam:AWSServiceName", allows_service_wildcards=False
)
_HELP = "name the role in `Resource`, or the service with the condition key `iam:AWSServiceName`"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find statements that allow iam:CreateServiceLinkedRole for any service."""
    for grant in _CREATE_SERVICE_LINKED_ROLE.find_grants(policy):
        message = f"the statement allows `iam:CreateServiceLinkedRole` for any service{grant.through}"
        yield RuleViolation(grant.node, message, help=_HELP, code=grant.code)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole",'
        ' "Resource": "arn:aws:iam::*:role/aws-service-role/rds.amazonaws.com/*"}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*",'
        ' "Condition": {"StringLike": {"iam:AWSServiceName": "rds.amazonaws.com"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*"}',
        codes=("CREATE_SLR_WITH_STAR_IN_RESOURCE",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole",'
        ' "Resource": "arn:aws:iam::*:role/aws-service-role/*"}',
        codes=("CREATE_SLR_WITH_STAR_IN_RESOURCE",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*",'
        ' "Condition": {"StringLike": {"iam:AWSServiceName": "*a4b.amazonaws.com"}}}',
        codes=("CREATE_SLR_WITH_STAR_IN_RESOURCE",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:Create*", "Resource": "*"}',
        codes=("CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE",),
    ),
    RuleExample(
        '{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}',
        codes=("CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole",'
        ' "NotResource": "arn:aws:iam::111122223333:role/admin"}',
        codes=("CREATE_SLR_WITH_NOT_RESOURCE",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:*", "NotResource": "arn:aws:iam::111122223333:role/admin"}',
        codes=("CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",),
    ),
    RuleExample(
        '{"Effect": "Allow", "NotAction": "s3:*", "NotResource": "arn:aws:iam::111122223333:role/admin"}',
        codes=("CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE",),
    ),
)
