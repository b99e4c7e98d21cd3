"""The Region of an ARN: missing where the resource has one, given where it has none, or no Region of AWS.

AWS's reference lists no resource whose ARN has another Region field. Most resources live in a Region; those of IAM, S3
buckets and other global ones leave the field empty. `*` stands for every Region.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.arn_formats import fitting, of_service
from iamglue.catalog.regions import is_region, nearest_region, partition_of_region
from iamglue.findings import Confidence, Severity, fix
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.arns import FIELDS, split_fields
from iamglue.policy.parsed_policy import Settings, WrittenPolicy
from iamglue.policy.source.edits import rewritten
from iamglue.policy.source.nodes import Node

RULE = Rule(
    Severity.ERROR,
    codes=("MISSING_ARN_REGION", "ARN_REGION_NOT_ALLOWED", "INVALID_ARN_REGION"),
    confidence=Confidence.MEDIUM,
)
_REGION = 3


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every resource whose Region field does not fit it."""
    for _, node in policy.resources:
        fields = split_fields(node.text)
        if len(fields) != FIELDS or fields[0] != "arn":
            continue
        region = fields[_REGION]
        if region == "*" or "*" in region or "?" in region or "${" in region:
            continue
        yield from _faults(node, fields, policy.settings)


def _faults(node: Node, fields: tuple[str, ...], settings: Settings) -> Iterator[Hit]:
    region = fields[_REGION]
    shapes = fitting(node.text) or of_service(fields[2].lower())
    if not region:
        if shapes and all(shape.region for shape in shapes):
            yield _missing(node, fields, settings)
    elif shapes and not any(shape.region for shape in shapes):
        told = f"the resource `{node.text}` is in no Region, and its ARN has none"
        edit = fix("leave the Region empty", rewritten(node, _with(fields, "")))
        yield Hit(node, told, help="leave the field empty", code="ARN_REGION_NOT_ALLOWED", fix=edit)
    elif not is_region(region):
        yield _unknown(node, fields)
    elif _elsewhere(fields[1], region):
        told = f"the Region `{region}` is in the partition `{partition_of_region(region)}`, not in `{fields[1]}`"
        yield Hit(node, told, help="make the two agree", code="INVALID_ARN_REGION")


def _elsewhere(partition: str, region: str) -> bool:
    known = "*" not in partition and "?" not in partition and "${" not in partition and partition
    return bool(known) and partition_of_region(region) != partition


def _missing(node: Node, fields: tuple[str, ...], settings: Settings) -> Hit:
    told = f"the ARN `{node.text}` has no Region: AWS's reference lists no such resource of `{fields[2]}`"
    given = settings.value("Region")
    edit = fix(f"write the Region `{given}`", rewritten(node, _with(fields, given))) if given else None
    return Hit(node, told, help="write the Region, or `*` for every one", code="MISSING_ARN_REGION", fix=edit)


def _unknown(node: Node, fields: tuple[str, ...]) -> Hit:
    near = nearest_region(fields[_REGION])
    edit = fix(f"write `{near}`", rewritten(node, _with(fields, near))) if near else None
    told = f"`{fields[_REGION]}` is no Region of AWS"
    hint = f"did you mean `{near}`?" if near else "write a Region, or `*` for every one"
    return Hit(node, told, help=hint, code="INVALID_ARN_REGION", fix=edit)


def _with(fields: tuple[str, ...], region: str) -> str:
    return ":".join((*fields[:_REGION], region, *fields[_REGION + 1 :]))


GOOD = (
    Case('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}'),
    Case('{"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:eu-*:123456789012:a"}'),
    Case('{"Effect": "Allow", "Action": "iam:GetRole", "Resource": "arn:aws:iam:*:123456789012:role/a"}'),
)
BAD = (
    Case(
        '{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs::123456789012:jobs"}',
        codes=("MISSING_ARN_REGION",),
        fixed='{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:jobs"}',
        values=(("Region", "eu-west-1"),),
    ),
    Case(
        '{"Effect": "Allow", "Action": "iam:GetRole", "Resource": "arn:aws:iam:us-east-1:123456789012:role/a"}',
        codes=("ARN_REGION_NOT_ALLOWED",),
        fixed='{"Effect": "Allow", "Action": "iam:GetRole", "Resource": "arn:aws:iam::123456789012:role/a"}',
    ),
    Case(
        '{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-wst-1:123456789012:jobs"}',
        codes=("INVALID_ARN_REGION",),
        fixed='{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:jobs"}',
    ),
    Case(
        '{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws-cn:sqs:us-east-1:123456789012:jobs"}',
        codes=("INVALID_ARN_REGION",),
    ),
)
