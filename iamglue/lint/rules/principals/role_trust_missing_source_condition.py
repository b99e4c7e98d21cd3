"""A service may assume the role for any of its resources, and its guide asks to name which.

Some services assume a role for a resource that others may create: a schedule, a campaign, a trust anchor. A condition
on `aws:SourceArn` or `aws:SourceAccount` in the trust policy then keeps the role to that resource. As a role can only
be passed to a service inside its account, this is a second line of defence. Services such as Lambda, which set no such
key when they assume a role, must not have the condition.

https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html#cross-service-confused-deputy-prevention-sts
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.service_principals import service_principal
from iamglue.catalog.source_condition_keys import Confines, confines
from iamglue.findings import Severity
from iamglue.lint.analysis.confinement import conditions_known
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import PolicyType, WrittenPolicy, WrittenStatement

RULE = Rule(Severity.SUGGESTION, types=frozenset({PolicyType.TRUST}), pedantic=True)


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every such service without such a condition."""
    for statement, principal in policy.principals:
        if principal.kind != "Service" or statement.effect is not Effect.ALLOW:
            continue
        found = service_principal(principal.value.text)
        if found is not None and found.role_source and conditions_known(statement) and not _has_source(statement):
            message = f"`{principal.value.text}` may assume the role for any of its resources"
            yield Hit(principal.value, message, help="add a condition on `aws:SourceArn` or `aws:SourceAccount`")


def _has_source(statement: WrittenStatement) -> bool:
    return any(confines(each.key.text) is Confines.SOURCE for each in statement.conditions)


def _case(service: str, condition: str = "") -> str:
    return f'{{"Effect": "Allow", "Principal": {{"Service": "{service}"}}, "Action": "sts:AssumeRole"{condition}}}'


GOOD = (
    Case(_case("lambda.amazonaws.com"), PolicyType.TRUST),
    Case(
        _case("scheduler.amazonaws.com", ', "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}'),
        PolicyType.TRUST,
    ),
)
BAD = (
    Case(_case("scheduler.amazonaws.com"), PolicyType.TRUST, codes=("",)),
    Case(_case("personalize.amazonaws.com"), PolicyType.TRUST, codes=("",)),
)
