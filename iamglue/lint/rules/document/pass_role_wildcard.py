"""A statement that lets its principal pass just any role to a service.

Whoever passes a role to a service lets that service act with it, so `iam:PassRole` on every role is access to
whatever any role of the account may do. Name the roles in `Resource`. Where their names are not known, limit the
service that they are passed to with the condition key `iam:PassedToService`; an operator that ends in IfExists does
not do, as it holds where the key is absent. A wildcard behind a part of a name or a path of your own, as in
`role/app-*` and `role/app/*`, is not reported.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.wide_role_action import WideRoleAction
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.parsed_policy import PolicyType, WrittenPolicy

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
    types=frozenset({PolicyType.IDENTITY, PolicyType.RESOURCE}),
)
_FORMS = WideRoleAction("iam:PassRole", "PASS_ROLE", "iam:PassedToService", wild_services=True)
_HELP = "name the roles in `Resource`, or limit the service with the condition key `iam:PassedToService`"


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every statement that allows iam:PassRole on any role."""
    for node, code, how in _FORMS.found(policy):
        yield Hit(node, f"{how} allows `iam:PassRole` on any role, to any service", help=_HELP, code=code)


GOOD = (
    Case('{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/app-*"}'),
    Case('{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/app/*"}'),
    Case(
        '{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",'
        ' "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}'
    ),
    Case('{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}'),
    Case('{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}'),
)
BAD = (
    Case('{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}', codes=("PASS_ROLE_WITH_STAR_IN_RESOURCE",)),
    Case(
        '{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/*"}',
        codes=("PASS_ROLE_WITH_STAR_IN_RESOURCE",),
    ),
    Case(
        '{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/service-role/*"}',
        codes=("PASS_ROLE_WITH_STAR_IN_RESOURCE",),
    ),
    Case(
        '{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",'
        ' "Condition": {"StringEqualsIfExists": {"iam:PassedToService": "ec2.amazonaws.com"}}}',
        codes=("PASS_ROLE_WITH_STAR_IN_RESOURCE",),
    ),
    Case(
        '{"Effect": "Allow", "Action": "iam:Pass*", "Resource": "*"}',
        codes=("PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE",),
    ),
    Case(
        '{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}',
        codes=("PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",),
    ),
    Case(
        '{"Effect": "Allow", "Action": "iam:PassRole", "NotResource": "arn:aws:iam::111122223333:role/admin"}',
        codes=("PASS_ROLE_WITH_NOT_RESOURCE",),
    ),
    Case(
        '{"Effect": "Allow", "Action": "iam:*", "NotResource": "arn:aws:iam::111122223333:role/admin"}',
        codes=("PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",),
    ),
    Case(
        '{"Effect": "Allow", "NotAction": "s3:*", "NotResource": "arn:aws:iam::111122223333:role/admin"}',
        codes=("PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE",),
    ),
)
