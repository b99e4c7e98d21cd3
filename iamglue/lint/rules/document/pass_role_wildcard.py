"""A statement that allows `iam:PassRole` on any role.

A service can act with any role that is passed to it, so `iam:PassRole` on every role gives access to everything that
any role of the account may do. Name the roles in `Resource`. If their names are not known, limit the service that they
are passed to with the condition key `iam:PassedToService`; `pass-role-if-exists` is about operators that end in
IfExists. A wildcard after part of a role name or after a path of your own, as in `role/app-*` and `role/app/*`, is not
reported. Only identity-based policies can allow `iam:PassRole`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.wide_role_action import WideRoleAction
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

RULE = Rule(
    Severity.SECURITY_WARNING,
    codes=(
        "PASS_ROLE_WITH_STAR_IN_RESOURCE",
        "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE",
        "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
        "PASS_ROLE_WITH_NOT_RESOURCE",
        "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
        "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE",
    ),
    types=frozenset({PolicyType.IDENTITY}),
)
PASS_ROLE = WideRoleAction("iam:PassRole", "PASS_ROLE", "iam:PassedToService", allows_service_wildcards=True)
_HELP = "name the roles in `Resource`, or limit the service with the condition key `iam:PassedToService`"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find statements that allow iam:PassRole on any role."""
    for grant in PASS_ROLE.find_grants(policy):
        if not grant.is_limited_if_key_exists:
            message = f"the statement allows `iam:PassRole` on any role and for any service{grant.through}"
            yield RuleViolation(grant.node, message, help=_HELP, code=grant.code)


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/app-*"}'),
    RuleExample('{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/app/*"}'),
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",'
        ' "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}'
    ),
    RuleExample('{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}'),
    RuleExample('{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}'),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}', codes=("PASS_ROLE_WITH_STAR_IN_RESOURCE",)
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/*"}',
        codes=("PASS_ROLE_WITH_STAR_IN_RESOURCE",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/service-role/*"}',
        codes=("PASS_ROLE_WITH_STAR_IN_RESOURCE",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:Pass*", "Resource": "*"}',
        codes=("PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE",),
    ),
    RuleExample(
        '{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}',
        codes=("PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:PassRole", "NotResource": "arn:aws:iam::111122223333:role/admin"}',
        codes=("PASS_ROLE_WITH_NOT_RESOURCE",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:*", "NotResource": "arn:aws:iam::111122223333:role/admin"}',
        codes=("PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",),
    ),
    RuleExample(
        '{"Effect": "Allow", "NotAction": "s3:*", "NotResource": "arn:aws:iam::111122223333:role/admin"}',
        codes=("PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE",),
    ),
)
