"""A statement allows `iam:PassRole` on any role, and limits the service only if the request names one.

An operator that ends in IfExists is true if the request does not contain the condition key `iam:PassedToService`. Then
the statement allows to pass any role. Use the operator without IfExists, or name the roles in `Resource`. Access
Analyzer seldom reports such a statement.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Confidence, Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.lint.rules.document.pass_role_wildcard import PASS_ROLE
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

RULE = Rule(Severity.SECURITY_WARNING, types=frozenset({PolicyType.IDENTITY}), confidence=Confidence.MEDIUM)
_HELP = "use the operator without `IfExists`, or name the roles in `Resource`"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find statements that allow iam:PassRole on any role if the request does not name the service."""
    for grant in PASS_ROLE.find_grants(policy):
        if grant.is_limited_if_key_exists:
            message = (
                f"the statement allows `iam:PassRole` on any role{grant.through}"
                " if the request does not contain `iam:PassedToService`"
            )
            yield RuleViolation(grant.node, message, help=_HELP)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",'
        ' "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/app-*",'
        ' "Condition": {"StringEqualsIfExists": {"iam:PassedToService": "lambda.amazonaws.com"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",'
        ' "Condition": {"StringEqualsIfExists": {"iam:PassedToService": "ec2.amazonaws.com"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:Pass*", "Resource": "arn:aws:iam::*:role/*",'
        ' "Condition": {"StringLikeIfExists": {"iam:PassedToService": ["ec2.amazonaws.com", "lambda.*"]}}}'
    ),
)
