"""The Region field of an ARN is missing, is present where the resource type has none, or is not a valid Region.

AWS's reference lists no resource type whose ARN has such a Region field. Most resources belong to a Region; ARNs of
IAM, of S3 buckets and of other global resources have an empty Region. `*` matches every Region.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.partitions import partitions
from iamglue.catalog.regions import is_region, nearest_region, region_partition
from iamglue.catalog.service_arn_formats import matching_formats, service_arn_formats
from iamglue.findings import Confidence, Severity
from iamglue.lint.analysis.arn_fields import ArnFields, arns_with_literal_field, field_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy
from iamglue.policy.source.nodes import Node

RULE = Rule(
    Severity.ERROR,
    codes=("MISSING_ARN_REGION", "ARN_REGION_NOT_ALLOWED", "INVALID_ARN_REGION"),
    confidence=Confidence.MEDIUM,
)
_REGION_FIELD = 3


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find resources whose Region field does not match any format of the resource type."""
    for node, fields in arns_with_literal_field(policy, _REGION_FIELD):
        yield from _region_violations(node, fields, policy.parameter_values)


def _region_violations(node: Node, fields: ArnFields, parameter_values: ParameterValues) -> Iterator[RuleViolation]:
    """Yield the violation of a Region: missing, unknown, of another partition, or in an ARN that has none."""
    region = fields[_REGION_FIELD]
    arn_formats = matching_formats(node.text) or service_arn_formats(fields[2].lower())
    if not region:
        if arn_formats and all(arn_format.region for arn_format in arn_formats):
            yield _missing_violation(node, fields, parameter_values)
    elif arn_formats and not any(arn_format.region for arn_format in arn_formats):
        message = f"the ARN `{node.text}` has a Region, but ARNs of this resource type have none"
        fix = field_fix(node, fields, _REGION_FIELD, "", "leave the Region empty")
        yield RuleViolation(node, message, help="leave the field empty", code="ARN_REGION_NOT_ALLOWED", fix=fix)
    elif not is_region(region):
        yield _unknown_violation(node, fields)
    elif _is_in_another_partition(fields[1], region):
        message = f"the Region `{region}` is in the partition `{region_partition(region)}`, not in `{fields[1]}`"
        yield RuleViolation(node, message, help="make the Region and the partition agree", code="INVALID_ARN_REGION")


def _is_in_another_partition(partition: str, region: str) -> bool:
    """True if the Region belongs to another partition than the one that the ARN names, which exists."""
    return partition in partitions() and region_partition(region) != partition


def _missing_violation(node: Node, fields: ArnFields, parameter_values: ParameterValues) -> RuleViolation:
    """The violation of a missing Region; the fix writes the one of `--set Region`, if given."""
    message = f"the ARN `{node.text}` has no Region; AWS's reference lists no such resource type of `{fields[2]}`"
    region = parameter_values.value("Region")
    fix = field_fix(node, fields, _REGION_FIELD, region, f"write the Region `{region}`")
    return RuleViolation(
        node, message, help="write the Region, or `*` for every Region", code="MISSING_ARN_REGION", fix=fix
    )


def _unknown_violation(node: Node, fields: ArnFields) -> RuleViolation:
    """The violation of an unknown Region, with the nearest known one."""
    suggestion = nearest_region(fields[_REGION_FIELD])
    fix = field_fix(node, fields, _REGION_FIELD, suggestion, f"write `{suggestion}`")
    message = f"`{fields[_REGION_FIELD]}` is not a valid Region"
    help_ = f"did you mean `{suggestion}`?" if suggestion else "write a Region, or `*` for every Region"
    return RuleViolation(node, message, help=help_, code="INVALID_ARN_REGION", fix=fix)


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}'),
    RuleExample('{"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:eu-*:123456789012:a"}'),
    RuleExample('{"Effect": "Allow", "Action": "iam:GetRole", "Resource": "arn:aws:iam:*:123456789012:role/a"}'),
    RuleExample('{"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws-x:sqs:us-east-1:123456789012:a"}'),
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
