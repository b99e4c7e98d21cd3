"""A service may assume the role for any of its resources, although AWS recommends to limit the source.

Some services assume a role on behalf of a resource that others may create: a schedule, a campaign, a trust anchor. A
condition on `aws:SourceArn` or `aws:SourceAccount` in the trust policy limits the role to that resource. Because a role
can only be passed to a service within its account, this is a second line of defense. For other services (API Gateway),
AWS's pages show these keys only with resource-based policies: look in the guide of the service before you add the
condition. Services such as Lambda, which do not set these keys when they assume a role, must not have it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html#cross-service-confused-deputy-prevention-sts
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

RULE = Rule(Severity.SUGGESTION, types=frozenset({PolicyType.TRUST}))
_HELP = "add a condition on `aws:SourceArn` or `aws:SourceAccount`"
_HELP_IF_SENT = f"{_HELP}, if the guide of the service says that it sends them when it assumes a role"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find such services in statements without the condition."""
    for statement, principal in policy.principals:
        if principal.kind != "Service" or statement.effect is not Effect.ALLOW:
            continue
        service = find_service_principal(principal.value.text)
        if service is None or not (service.trust_policy_needs_source or service.sends_source_arn):
            continue
        if has_known_condition_keys(statement) and not _has_source_condition(statement):
            message = (
                f"`{principal.value.text}` may assume the role for any of its resources: no condition limits the source"
            )
            help_ = _HELP if service.trust_policy_needs_source else _HELP_IF_SENT
            yield RuleViolation(principal.value, message, help=help_)


def _has_source_condition(statement: ParsedStatement) -> bool:
    return any(caller_restriction(condition.key.text) is CallerRestriction.SOURCE for condition in statement.conditions)


def _example(service: str, condition: str = "") -> str:
    return f'{{"Effect": "Allow", "Principal": {{"Service": "{service}"}}, "Action": "sts:AssumeRole"{condition}}}'


GOOD = (
    RuleExample(_example("lambda.amazonaws.com"), PolicyType.TRUST),
    RuleExample(
        _example("scheduler.amazonaws.com", ', "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}'),
        PolicyType.TRUST,
    ),
)
BAD = (
    RuleExample(_example("scheduler.amazonaws.com"), PolicyType.TRUST, codes=("",)),
    RuleExample(_example("transfer.amazonaws.com"), PolicyType.TRUST, codes=("",)),
    RuleExample(_example("apigateway.amazonaws.com"), PolicyType.TRUST, codes=("",)),
)
