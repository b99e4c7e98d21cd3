"""A resource that is not written as an ARN: another beginning, too few fields, a wrong partition or case.

A resource is `*`, or `arn:partition:service:region:account:resource` with all five colons, even where a field between
them is empty (`arn:aws:s3:::images`). The partition is `aws`, `aws-cn`, `aws-us-gov` and so on; the service is in
lower case. What does not have this form matches no resource.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.partitions import partitions
from iamglue.catalog.service_arn_formats import is_known_service
from iamglue.catalog.spelling import nearest_word
from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.arns import ARN_FIELD_COUNT, is_single_star, split_arn_fields
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node

RULE = Rule(
    Severity.ERROR,
    codes=("INVALID_ARN_PREFIX", "MISSING_ARN_FIELD", "INVALID_PARTITION", "INVALID_ARN_SERVICE_CASE"),
)
_FORM = "write `arn:partition:service:region:account:resource`; a field that is empty keeps its colon"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every resource that has not the form of an ARN."""
    for _, node in policy.resources:
        text = node.text
        if text == "*" or (text[:1] == "*" and is_single_star(text)):
            continue
        fields = split_arn_fields(text)
        if fields[0] != "arn":
            if not _may_be_arn(policy, text):
                yield _no_arn(node)
        elif len(fields) < ARN_FIELD_COUNT:
            if "${" not in text:
                told = f"`{text}` has {len(fields)} of the six fields of an ARN"
                yield RuleViolation(node, told, help=_FORM, code="MISSING_ARN_FIELD")
        else:
            yield from _fields(node, fields)


def _may_be_arn(policy: ParsedPolicy, text: str) -> bool:
    # API Gateway takes `execute-api:/stage/METHOD/path` in the resource policy of an API:
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
    short = policy.type is PolicyType.RESOURCE and text.startswith("execute-api:/")
    return short or text.startswith("${") or "${" in split_arn_fields(text)[0]


def _no_arn(node: Node) -> RuleViolation:
    told = f"`{node.text}` does not begin with `arn:`"
    head, colon, rest = node.text.partition(":")
    right = ""
    if colon and head.lower() == "arn":
        right = f"arn:{rest}"
    elif colon and head in partitions() and len(split_arn_fields(node.text)) == ARN_FIELD_COUNT - 1:
        right = f"arn:{node.text}"
    if not right:
        return RuleViolation(node, told, help=_FORM, code="INVALID_ARN_PREFIX")
    edit = build_fix(f"write `{right}`", replace_scalar(node, right))
    return RuleViolation(node, told, help=f"did you mean `{right}`?", code="INVALID_ARN_PREFIX", fix=edit)


def _fields(node: Node, fields: tuple[str, ...]) -> Iterator[RuleViolation]:
    partition, service = fields[1], fields[2]
    if partition != "aws" and not _is_open(partition) and partition not in partitions():
        right = nearest_word(partition, partitions()) if partition else "aws"
        told = f"`{partition}` is no partition of AWS" if partition else f"`{node.text}` names no partition"
        edit = build_fix(f"write `{right}`", replace_scalar(node, _with(fields, 1, right))) if right else None
        known = f"the partitions are {', '.join(f'`{each}`' for each in partitions())}"
        yield RuleViolation(node, told, help=known, code="INVALID_PARTITION", fix=edit)
    if service.islower() or _is_open(service):
        return
    lower = service.lower()
    if lower != service and is_known_service(lower):
        edit = build_fix(f"write `{lower}`", replace_scalar(node, _with(fields, 2, lower)))
        told = f"the service `{service}` in `{node.text}` has capitals"
        yield RuleViolation(node, told, help=f"write `{lower}`", code="INVALID_ARN_SERVICE_CASE", fix=edit)


def _is_open(field: str) -> bool:
    return "*" in field or "?" in field or "${" in field


def _with(fields: tuple[str, ...], at: int, text: str) -> str:
    return ":".join((*fields[:at], text, *fields[at + 1 :]))


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
