"""A service may use a resource, and nothing says for whom: it acts for every customer of AWS.

Amazon S3, SNS, EventBridge and others do what any customer configures in an account of their own. Unless the policy of
a bucket, queue, topic or function holds them to a source, a stranger can have the service call it. Name the source with
`aws:SourceArn` (the bucket, rule, topic) or `aws:SourceAccount`, an organization with `aws:SourceOrgID`. The ARN of a
bucket has no account in it, so that for Amazon S3 `aws:SourceAccount` belongs beside it: a bucket that has been deleted
can be created anew by someone else.

Trust policies are left out: a role can only be passed to a service by a principal of its own account.

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
    """Every statement that lets a service in without a source."""
    for statement in policy.statements:
        element = statement.principal
        if element is None or element.negated or statement.effect is not Effect.ALLOW:
            continue
        services = [each for each in element.values if each.kind == "Service" and not each.value.unresolved]
        if services and has_known_condition_keys(statement):
            yield from _unconfined(statement, services)


def _unconfined(statement: ParsedStatement, services: list[ParsedPrincipal]) -> Iterator[RuleViolation]:
    sources = [each for each in statement.conditions if caller_restriction(each.key.text) is CallerRestriction.SOURCE]
    held = {kind for kind, _ in restricting_conditions(statement)}
    acting = [each for each in services if _names_source(each.value.text)]
    if sources:
        if acting and CallerRestriction.SOURCE not in held and all(map(_counts, sources)):
            yield _hit(acting, code="", told="the condition on the source leaves it open; name an account in it")
        elif any(each.value.text == "s3.amazonaws.com" for each in services):
            yield from _bucket_alone(sources)
    elif acting and not _confined_otherwise(statement):
        yield _hit(acting, code=None, told=f"add a condition on {_KEYS}")
    elif CallerRestriction.SOURCE_SUBSTITUTE not in held:
        skills = [each for each in services if each.value.text == _ALEXA]
        if skills:
            yield _hit(skills, code="", told="add a condition on `lambda:EventSourceToken`, the ID of the skill")


def _names_source(text: str) -> bool:
    found = find_service_principal(text)
    return found is not None and found.sends_source_arn is True


def _confined_otherwise(statement: ParsedStatement) -> bool:
    return any(caller_restriction(each.key.text) is not None for each in statement.conditions)


def _counts(condition: ParsedCondition) -> bool:
    # With IfExists the condition says something of calls that name a source, which these services do.
    found = condition.operator
    return found is not None and not found.if_exists and found.quantifier == ""


def _bucket_alone(sources: list[ParsedCondition]) -> Iterator[RuleViolation]:
    """Amazon S3 held to a bucket, but not to the bucket's account."""
    if any(each.key.text.lower() != "aws:sourcearn" for each in sources):
        return
    for condition in sources:
        for node in condition.values:
            arn = None if node.unresolved or "${" in node.text else parse_arn(node.text)
            if arn is not None and arn.service == "s3" and not arn.account.strip("*"):
                message = f"`{node.text}` does not say whose bucket it is: deleted, it can be created by someone else"
                yield RuleViolation(node, message, help="add `aws:SourceAccount`, the account of the bucket", code="")


def _hit(services: list[ParsedPrincipal], code: str | None, told: str) -> RuleViolation:
    names = ", ".join(f"`{each.value.text}`" for each in services)
    message = f"anyone may have {names} use this: the statement does not say for which source"
    return RuleViolation(services[0].value, message, help=told, code=code)


_SEND = '"Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs"'
_INVOKE = '"Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:thumbnails"'


def _case(service: str, rest: str, condition: str = "") -> str:
    end = f', "Condition": {{{condition}}}' if condition else ""
    return f'{{"Effect": "Allow", "Principal": {{"Service": "{service}"}}, {rest}{end}}}'


_TOPIC = '"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:uploads"}'
_BUCKET = '"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::images"}'
_OWN = '"StringEquals": {"AWS:SourceAccount": "111122223333"}'
GOOD = (
    RuleExample(_case("sns.amazonaws.com", _SEND, _TOPIC), PolicyType.RESOURCE),
    RuleExample(_case("s3.amazonaws.com", _INVOKE, f"{_BUCKET}, {_OWN}"), PolicyType.RESOURCE),
    RuleExample(_case("lambda.amazonaws.com", '"Action": "sts:AssumeRole"'), PolicyType.TRUST),
)
BAD = (
    RuleExample(_case("sns.amazonaws.com", _SEND), PolicyType.RESOURCE),
    RuleExample(_case("s3.amazonaws.com", _INVOKE, _BUCKET), PolicyType.RESOURCE, codes=("",)),
    RuleExample(
        _case("events.amazonaws.com", _INVOKE, '"ArnLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/*"}'),
        PolicyType.RESOURCE,
        codes=("",),
    ),
    RuleExample(_case("alexa-appkit.amazon.com", _INVOKE), PolicyType.RESOURCE, codes=("",)),
)
