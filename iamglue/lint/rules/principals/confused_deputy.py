"""A service may access a resource on behalf of any AWS customer, because no condition limits the source.

Amazon S3, SNS, EventBridge and other services act as any customer configures them, in any account. Unless the policy of
a bucket, queue, topic or function limits the source, another customer can make the service access it. Name the source
with `aws:SourceArn` (the bucket, rule, topic) or `aws:SourceAccount`, an organization with `aws:SourceOrgID`. The ARN
of a bucket does not contain an account, so for Amazon S3 also use `aws:SourceAccount`: after a bucket is deleted,
another customer can create one with the same name.

Trust policies are the subject of `role-trust-missing-source-condition`: only a principal of the same account can pass a
role to a service.

https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html#cross-service-confused-deputy-prevention
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.restricting_condition_keys import CallerRestriction, caller_restriction
from iamglue.catalog.service_principals import find_service_principal
from iamglue.findings import Severity
from iamglue.lint.analysis.caller_restrictions import has_known_condition_keys, restricting_conditions
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.arns import parse_arn
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement, PolicyType
from iamglue.policy.parsed_values import ParsedCondition, ParsedPrincipal

RULE = Rule(
    Severity.SECURITY_WARNING, codes=("RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL",), types=frozenset({PolicyType.RESOURCE})
)

_KEYS = "`aws:SourceArn` or `aws:SourceAccount`"
_ALEXA = "alexa-appkit.amazon.com"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find Allow statements for a service that do not limit the source."""
    for statement in policy.statements:
        element = statement.principal
        if element is None or element.negated or statement.effect is not Effect.ALLOW:
            continue
        services = [
            principal for principal in element.values if principal.kind == "Service" and not principal.value.unresolved
        ]
        if services and has_known_condition_keys(statement):
            yield from _unrestricted_violations(statement, services)


def _unrestricted_violations(statement: ParsedStatement, services: list[ParsedPrincipal]) -> Iterator[RuleViolation]:
    """Check the conditions on the source; if there are none, other conditions on the caller."""
    sources = [
        condition
        for condition in statement.conditions
        if caller_restriction(condition.key.text) is CallerRestriction.SOURCE
    ]
    restrictions = {kind for kind, _ in restricting_conditions(statement)}
    cross_account_services = [principal for principal in services if _sends_source_arn(principal.value.text)]
    if sources:
        if cross_account_services and CallerRestriction.SOURCE not in restrictions and all(map(_requires_key, sources)):
            yield _violation(
                cross_account_services,
                code="",
                help_="the condition on the source matches any account; name an account in it",
            )
        elif any(principal.value.text == "s3.amazonaws.com" for principal in services):
            yield from _bucket_only_violations(sources)
    elif cross_account_services and not _has_other_restriction(statement):
        yield _violation(cross_account_services, code=None, help_=f"add a condition on {_KEYS}")
    elif CallerRestriction.SOURCE_SUBSTITUTE not in restrictions:
        alexa_skills = [principal for principal in services if principal.value.text == _ALEXA]
        if alexa_skills:
            yield _violation(
                alexa_skills, code="", help_="add a condition on `lambda:EventSourceToken`, the ID of the skill"
            )


def _sends_source_arn(text: str) -> bool:
    """True if the service sends `aws:SourceArn` when it accesses a resource."""
    service_principal = find_service_principal(text)
    return service_principal is not None and service_principal.sends_source_arn is True


def _has_other_restriction(statement: ParsedStatement) -> bool:
    return any(caller_restriction(condition.key.text) is not None for condition in statement.conditions)


def _requires_key(condition: ParsedCondition) -> bool:
    """True if the condition has no IfExists and no quantifier."""
    # These services always send the source, so a condition with IfExists is not reported here.
    operator = condition.operator
    return operator is not None and not operator.if_exists and operator.quantifier == ""


def _bucket_only_violations(sources: list[ParsedCondition]) -> Iterator[RuleViolation]:
    """Amazon S3 limited to a bucket, but not to the account of the bucket."""
    if any(source.key.text.lower() != "aws:sourcearn" for source in sources):
        return
    for condition in sources:
        for node in condition.values:
            arn = None if node.unresolved or "${" in node.text else parse_arn(node.text)
            if arn is not None and arn.service == "s3" and not arn.account.strip("*"):
                message = (
                    f"`{node.text}` does not limit the account: if the bucket is deleted, anyone can create it again"
                )
                yield RuleViolation(
                    node, message, help="add a condition on `aws:SourceAccount` with the account of the bucket", code=""
                )


def _violation(services: list[ParsedPrincipal], code: str | None, help_: str) -> RuleViolation:
    """One violation for all services of a statement that act for any customer."""
    names = ", ".join(f"`{principal.value.text}`" for principal in services)
    message = f"any AWS customer can make {names} use this resource: no condition limits the source"
    return RuleViolation(services[0].value, message, help=help_, code=code)


_SEND = '"Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs"'
_INVOKE = '"Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:thumbnails"'


def _example(service: str, rest: str, condition: str = "") -> str:
    condition_element = f', "Condition": {{{condition}}}' if condition else ""
    return f'{{"Effect": "Allow", "Principal": {{"Service": "{service}"}}, {rest}{condition_element}}}'


_TOPIC = '"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:uploads"}'
_BUCKET = '"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::images"}'
_ACCOUNT = '"StringEquals": {"AWS:SourceAccount": "111122223333"}'
GOOD = (
    RuleExample(_example("sns.amazonaws.com", _SEND, _TOPIC), PolicyType.RESOURCE),
    RuleExample(_example("s3.amazonaws.com", _INVOKE, f"{_BUCKET}, {_ACCOUNT}"), PolicyType.RESOURCE),
    RuleExample(_example("lambda.amazonaws.com", '"Action": "sts:AssumeRole"'), PolicyType.TRUST),
)
BAD = (
    RuleExample(_example("sns.amazonaws.com", _SEND), PolicyType.RESOURCE),
    RuleExample(_example("s3.amazonaws.com", _INVOKE, _BUCKET), PolicyType.RESOURCE, codes=("",)),
    RuleExample(
        _example("events.amazonaws.com", _INVOKE, '"ArnLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/*"}'),
        PolicyType.RESOURCE,
        codes=("",),
    ),
    RuleExample(_example("alexa-appkit.amazon.com", _INVOKE), PolicyType.RESOURCE, codes=("",)),
)
