"""A condition limits the source of a service with another key than AWS recommends.

`aws:Referer` and `aws:SourceOwner` are older than `aws:SourceArn` and `aws:SourceAccount`, and not every service sets
them. A condition on a key that the service does not set never matches, and a key that the caller can set does not
protect.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.restricting_condition_keys import CallerRestriction, caller_restriction
from iamglue.catalog.service_principals import find_service_principal
from iamglue.findings import Severity
from iamglue.lint.analysis.caller_restrictions import has_known_condition_keys
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement, PolicyType

RULE = Rule(
    Severity.SUGGESTION,
    codes=("RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL",),
    types=frozenset({PolicyType.RESOURCE}),
)

_SUBSTITUTES = frozenset({CallerRestriction.SOURCE_SUBSTITUTE, CallerRestriction.REFERER, CallerRestriction.NETWORK})


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find condition keys that are used in place of the source keys."""
    for statement in policy.statements:
        if statement.effect is not Effect.ALLOW or not statement.conditions or not has_known_condition_keys(statement):
            continue
        service = _find_service(statement)
        restrictions = (
            [(condition, caller_restriction(condition.key.text)) for condition in statement.conditions]
            if service
            else []
        )
        if any(restriction is CallerRestriction.SOURCE for _, restriction in restrictions):
            continue
        for condition, restriction in restrictions:
            if restriction in _SUBSTITUTES:
                message = f"`{condition.key.text}` is not the recommended key to limit the source of `{service}`"
                yield RuleViolation(condition.key, message, help="use `aws:SourceArn` or `aws:SourceAccount`")


def _find_service(statement: ParsedStatement) -> str | None:
    """The first service of the statement that sends its source."""
    element = statement.principal
    for principal in element.values if element is not None and not element.negated else ():
        service_principal = find_service_principal(principal.value.text) if principal.kind == "Service" else None
        if service_principal is not None and service_principal.sends_source_arn:
            return principal.value.text
    return None


def _example(service: str, condition: str) -> str:
    """An example: a statement of a bucket policy for a service."""
    return (
        f'{{"Effect": "Allow", "Principal": {{"Service": "{service}"}}, "Action": "s3:PutObject",'
        f' "Resource": "arn:aws:s3:::mail/*", "Condition": {{{condition}}}}}'
    )


GOOD = (
    RuleExample(
        _example("ses.amazonaws.com", '"StringEquals": {"aws:SourceAccount": "111122223333", "aws:Referer": "x"}'),
        PolicyType.RESOURCE,
    ),
    RuleExample(
        _example("cloudtrail.amazonaws.com", '"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}'),
        PolicyType.RESOURCE,
    ),
)
BAD = (
    RuleExample(_example("ses.amazonaws.com", '"StringEquals": {"aws:Referer": "111122223333"}'), PolicyType.RESOURCE),
    RuleExample(
        _example("s3.amazonaws.com", '"StringEquals": {"AWS:SourceOwner": "111122223333"}'), PolicyType.RESOURCE
    ),
)
