"""A resource that is not a well-formed ARN: wrong prefix, too few fields, unknown partition, or upper-case service.

A resource is `*`, or `arn:partition:service:region:account:resource` with all five colons, even if a field between them
is empty (`arn:aws:s3:::images`). The partition is `aws`, `aws-cn`, `aws-us-gov` and so on; the service is in lower
case. A value in another form matches no resource.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.partitions import partitions
from iamglue.catalog.return_values import find_return_values
from iamglue.catalog.service_arn_formats import is_known_service
from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.arn_fields import ArnFields, field_fix, is_open_field
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.arns import ARN_FIELD_COUNT, is_single_star, split_arn_fields
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.patterns.variables import tokenize
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node
from iamglue.spelling import nearest_word

RULE = Rule(
    Severity.ERROR,
    codes=("INVALID_ARN_PREFIX", "MISSING_ARN_FIELD", "INVALID_PARTITION", "INVALID_ARN_SERVICE_CASE"),
)
_FORMAT_HELP = "write `arn:partition:service:region:account:resource`; keep the colons of empty fields"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find resources that are not well-formed ARNs."""
    for _, node in policy.resources:
        text = node.text
        if text == "*" or (text[:1] == "*" and is_single_star(text)):
            continue
        fields = split_arn_fields(text)
        if fields[0] != "arn":
            reference = _leading_reference(policy, text)
            if reference is not None:
                yield _reference_violation(node, reference, policy.reference_names[reference])
            elif not _may_be_arn(policy, text):
                yield _prefix_violation(node)
        elif len(fields) < ARN_FIELD_COUNT:
            if "${" not in text:
                message = f"`{text}` has {len(fields)} field{'s' if len(fields) > 1 else ''}; an ARN has six"
                yield RuleViolation(node, message, help=_FORMAT_HELP, code="MISSING_ARN_FIELD")
        else:
            yield from _field_violations(node, fields)


def _may_be_arn(policy: ParsedPolicy, text: str) -> bool:
    """True if the value is valid for the policy type, or a variable may expand to an ARN."""
    # API Gateway accepts `execute-api:/stage/METHOD/path` in the resource policy of an API:
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
    is_api_gateway_form = policy.type is PolicyType.RESOURCE and text.startswith("execute-api:/")
    literal, variable, _ = split_arn_fields(text)[0].partition("${")
    return is_api_gateway_form or (bool(variable) and "arn".startswith(literal))


def _leading_reference(policy: ParsedPolicy, text: str) -> str | None:
    """The reference to the name, ID or URL of a resource in the same template that a text begins with."""
    first = tokenize(text)[:1]
    return next(
        (token.name for token in first if token.is_named_parameter and token.name in policy.reference_names), None
    )


def _reference_violation(node: Node, reference: str, kind: str) -> RuleViolation:
    """Name the reference that gives the ARN; without a `kind`, the reference is a part of a name."""
    if not kind:
        message = f"`{node.text}` is not an ARN: `${{{reference}}}` is a part of a resource's name"
        return RuleViolation(node, message, help=_FORMAT_HELP, code="INVALID_ARN_PREFIX")
    logical_id = reference.partition(".")[0]
    returned = find_return_values(kind)
    attributes = returned.attributes if returned is not None else ()
    help_ = f"write `!GetAtt {logical_id}.{attributes[0]}`" if attributes and returned else _FORMAT_HELP
    message = f"`{node.text}` is not an ARN: `${{{reference}}}` is the name or ID of a resource of type `{kind}`"
    return RuleViolation(node, message, help=help_, code="INVALID_ARN_PREFIX")


def _prefix_violation(node: Node) -> RuleViolation:
    """Suggest the ARN if only the prefix is wrong or missing."""
    message = f"`{node.text}` does not begin with `arn:`"
    head, colon, rest = node.text.partition(":")
    correction = ""
    if colon and head.lower() == "arn":
        correction = f"arn:{rest}"
    elif colon and head in partitions() and len(split_arn_fields(node.text)) == ARN_FIELD_COUNT - 1:
        correction = f"arn:{node.text}"
    if not correction:
        return RuleViolation(node, message, help=_FORMAT_HELP, code="INVALID_ARN_PREFIX")
    fix = build_fix(f"write `{correction}`", replace_scalar(node, correction))
    return RuleViolation(node, message, help=f"did you mean `{correction}`?", code="INVALID_ARN_PREFIX", fix=fix)


def _field_violations(node: Node, fields: ArnFields) -> Iterator[RuleViolation]:
    """Check the partition and the case of the service."""
    partition, service = fields[1], fields[2]
    if partition != "aws" and not is_open_field(partition) and partition not in partitions():
        suggestion = nearest_word(partition, partitions()) if partition else "aws"
        message = (
            f"`{partition}` is not a valid partition" if partition else f"the partition of `{node.text}` is missing"
        )
        fix = field_fix(node, fields, 1, suggestion, f"write `{suggestion}`")
        help_ = f"the partitions are {', '.join(f'`{name}`' for name in partitions())}"
        yield RuleViolation(node, message, help=help_, code="INVALID_PARTITION", fix=fix)
    if service.islower() or is_open_field(service):
        return
    lowercase = service.lower()
    if lowercase != service and is_known_service(lowercase):
        fix = field_fix(node, fields, 2, lowercase, f"write `{lowercase}`")
        message = f"the service `{service}` in `{node.text}` must be in lower case"
        yield RuleViolation(node, message, help=f"write `{lowercase}`", code="INVALID_ARN_SERVICE_CASE", fix=fix)


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws-cn:s3:::images/*"}'),
    RuleExample('{"Effect": "Deny", "Action": "s3:*", "NotResource": ["arn:*:s3:::images/*", "*"]}'),
    RuleExample(
        '{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/*"}',
        type=PolicyType.RESOURCE,
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "aws:s3:::images/*"}',
        codes=("INVALID_ARN_PREFIX",),
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["images/*", "arn:aws:s3:::images"]}',
        codes=("INVALID_ARN_PREFIX",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3::images/*"}',
        codes=("MISSING_ARN_FIELD",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws-chn:S3:::images/*"}',
        codes=("INVALID_PARTITION", "INVALID_ARN_SERVICE_CASE"),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:S3:::images/*"}',
        codes=("INVALID_ARN_SERVICE_CASE",),
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}',
    ),
)
