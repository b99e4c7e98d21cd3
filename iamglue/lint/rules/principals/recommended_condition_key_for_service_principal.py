"""A service held to a source by another key than those that AWS means for it.

`aws:Referer` and `aws:SourceOwner` come from the time before `aws:SourceArn` and `aws:SourceAccount`, and are not set
by every service. A condition that AWS does not set never matches, and one that a caller can set protects nothing.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
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

RULE = Rule(
    Severity.SUGGESTION,
    codes=("RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL",),
    types=frozenset({PolicyType.RESOURCE}),
)

_IN_PLACE = frozenset({Confines.STAND_IN, Confines.REFERER, Confines.NETWORK})


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every key that stands in for the source of a service."""
    for statement in policy.statements:
        if statement.effect is not Effect.ALLOW or not statement.conditions or not conditions_known(statement):
            continue
        service = _service(statement)
        kinds = [(each, confines(each.key.text)) for each in statement.conditions] if service else []
        if any(kind is Confines.SOURCE for _, kind in kinds):
            continue
        for each, kind in kinds:
            if kind in _IN_PLACE:
                message = f"`{each.key.text}` is not the key that says for whom `{service}` acts"
                yield Hit(each.key, message, help="use `aws:SourceArn` or `aws:SourceAccount`")


def _service(statement: WrittenStatement) -> str | None:
    """The first service of the statement that names its source."""
    element = statement.principal
    for each in element.values if element is not None and not element.negated else ():
        found = service_principal(each.value.text) if each.kind == "Service" else None
        if found is not None and found.names_source:
            return each.value.text
    return None


def _case(service: str, condition: str) -> str:
    return (
        f'{{"Effect": "Allow", "Principal": {{"Service": "{service}"}}, "Action": "s3:PutObject",'
        f' "Resource": "arn:aws:s3:::mail/*", "Condition": {{{condition}}}}}'
    )


GOOD = (
    Case(
        _case("ses.amazonaws.com", '"StringEquals": {"aws:SourceAccount": "111122223333", "aws:Referer": "x"}'),
        PolicyType.RESOURCE,
    ),
    Case(
        _case("cloudtrail.amazonaws.com", '"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}'),
        PolicyType.RESOURCE,
    ),
)
BAD = (
    Case(_case("ses.amazonaws.com", '"StringEquals": {"aws:Referer": "111122223333"}'), PolicyType.RESOURCE),
    Case(_case("s3.amazonaws.com", '"StringEquals": {"AWS:SourceOwner": "111122223333"}'), PolicyType.RESOURCE),
)
