"""The Region of an ARN: missing where the resource has one, given where it has none, or no Region of AWS.

AWS's reference lists no resource whose ARN has another Region field. Most resources live in a Region; those of IAM, S3
buckets and other global ones leave the field empty. `*` stands for every Region.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.regions import is_region, nearest_region, region_partition
from iamglue.catalog.service_arn_formats import matching_formats, service_arn_formats
from iamglue.findings import Confidence, Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node

RULE = Rule(
    Severity.ERROR,
    codes=("MISSING_ARN_REGION", "ARN_REGION_NOT_ALLOWED", "INVALID_ARN_REGION"),
    confidence=Confidence.MEDIUM,
)
_REGION = 3


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every resource whose Region field does not fit it."""
    for _, node in policy.resources:
        fields = split_arn_fields(node.text)
        if len(fields) != ARN_FIELD_COUNT or fields[0] != "arn":
            continue
        region = fields[_REGION]
        if region == "*" or "*" in region or "?" in region or "${" in region:
            continue
        yield from _faults(node, fields, policy.parameter_values)


def _faults(node: Node, fields: tuple[str, ...], settings: ParameterValues) -> Iterator[RuleViolation]:
    region = fields[_REGION]
    shapes = matching_formats(node.text) or service_arn_formats(fields[2].lower())
    if not region:
        if shapes and all(shape.region for shape in shapes):
            yield _missing(node, fields, settings)
    elif shapes and not any(shape.region for shape in shapes):
        told = f"the resource `{node.text}` is in no Region, and its ARN has none"
        edit = build_fix("leave the Region empty", replace_scalar(node, _with(fields, "")))
        yield RuleViolation(node, told, help="leave the field empty", code="ARN_REGION_NOT_ALLOWED", fix=edit)
    elif not is_region(region):
        yield _unknown(node, fields)
    elif _elsewhere(fields[1], region):
        told = f"the Region `{region}` is in the partition `{region_partition(region)}`, not in `{fields[1]}`"
        yield RuleViolation(node, told, help="make the two agree", code="INVALID_ARN_REGION")


def _elsewhere(partition: str, region: str) -> bool:
    known = "*" not in partition and "?" not in partition and "${" not in partition and partition
    return bool(known) and region_partition(region) != partition


def _missing(node: Node, fields: tuple[str, ...], settings: ParameterValues) -> RuleViolation:
    told = f"the ARN `{node.text}` has no Region: AWS's reference lists no such resource of `{fields[2]}`"
    given = settings.value("Region")
    edit = build_fix(f"write the Region `{given}`", replace_scalar(node, _with(fields, given))) if given else None
    return RuleViolation(node, told, help="write the Region, or `*` for every one", code="MISSING_ARN_REGION", fix=edit)


def _unknown(node: Node, fields: tuple[str, ...]) -> RuleViolation:
    near = nearest_region(fields[_REGION])
    edit = build_fix(f"write `{near}`", replace_scalar(node, _with(fields, near))) if near else None
    told = f"`{fields[_REGION]}` is no Region of AWS"
    hint = f"did you mean `{near}`?" if near else "write a Region, or `*` for every one"
    return RuleViolation(node, told, help=hint, code="INVALID_ARN_REGION", fix=edit)


def _with(fields: tuple[str, ...], region: str) -> str:
    return ":".join((*fields[:_REGION], region, *fields[_REGION + 1 :]))


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}'),
    RuleExample('{"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:eu-*:123456789012:a"}'),
    RuleExample('{"Effect": "Allow", "Action": "iam:GetRole", "Resource": "arn:aws:iam:*:123456789012:role/a"}'),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs::123456789012:jobs"}',
        codes=("MISSING_ARN_REGION",),
        fixed='{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:jobs"}',
        parameter_values=(("Region", "eu-west-1"),),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:GetRole", "Resource": "arn:aws:iam:us-east-1:123456789012:role/a"}',
        codes=("ARN_REGION_NOT_ALLOWED",),
        fixed='{"Effect": "Allow", "Action": "iam:GetRole", "Resource": "arn:aws:iam::123456789012:role/a"}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-wst-1:123456789012:jobs"}',
        codes=("INVALID_ARN_REGION",),
        fixed='{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:jobs"}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws-cn:sqs:us-east-1:123456789012:jobs"}',
        codes=("INVALID_ARN_REGION",),
    ),
)
