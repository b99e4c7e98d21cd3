"""A condition value does not have the format of its key: a service principal, a VPC, a VPC endpoint or a KMS key.

A service principal is `name.amazonaws.com`, in lowercase; `kms:ViaService` requires the Region,
`name.region.amazonaws.com`. For `aws:CalledVia` and its relatives, Access Analyzer accepts only a single label before
`amazonaws.com`, although some services have principals with two. A VPC ID is `vpc-` and 8 or 17 letters and digits; a
VPC endpoint ID is `vpce-` and 8 or 17 letters and digits. A KMS key is identified by the ARN of the key: an alias or a
bare key ID matches no request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from iamglue.catalog.service_principals import is_service_principal
from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.conditions import Operator
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.patterns.wildcards import has_wildcard
from iamglue.policy.source.nodes import Node

RULE = Rule(
    Severity.ERROR,
    codes=(
        "INVALID_SERVICE_PRINCIPAL_FORMAT",
        "INVALID_VPC_FORMAT",
        "INVALID_VPCE_FORMAT",
        "INVALID_KMS_KEY_VALUE",
    ),
)
_SERVICE, _CALLED_VIA, _VIA_SERVICE, _VPC, _VPCE, _KMS_KEY = (
    "service",
    "called-via",
    "via-service",
    "vpc",
    "vpce",
    "kms-key",
)
_KINDS = {
    "aws:principalservicename": _SERVICE,
    "aws:principalservicenameslist": _SERVICE,
    "aws:calledvia": _CALLED_VIA,
    "aws:calledviafirst": _CALLED_VIA,
    "aws:calledvialast": _CALLED_VIA,
    "iam:passedtoservice": _SERVICE,
    "iam:awsservicename": _SERVICE,
    "organizations:serviceprincipal": _SERVICE,
    "kms:viaservice": _VIA_SERVICE,
    "aws:sourcevpc": _VPC,
    "aws:sourcevpce": _VPCE,
    "s3:x-amz-server-side-encryption-aws-kms-key-id": _KMS_KEY,
    "s3express:x-amz-server-side-encryption-aws-kms-key-id": _KMS_KEY,
    "s3tables:kmskeyarn": _KMS_KEY,
    "s3vectors:kmskeyarn": _KMS_KEY,
    "secretsmanager:kmskeyarn": _KMS_KEY,
    "quicksight:kmskeyarns": _KMS_KEY,
}
# Kind -> code, what the value must be, and its format.
_FORMS = {
    _SERVICE: ("INVALID_SERVICE_PRINCIPAL_FORMAT", "a service principal", "`name.amazonaws.com`"),
    _CALLED_VIA: ("INVALID_SERVICE_PRINCIPAL_FORMAT", "a service principal", "`name.amazonaws.com`"),
    _VIA_SERVICE: (
        "INVALID_SERVICE_PRINCIPAL_FORMAT",
        "a service principal with a Region",
        "`name.eu-west-1.amazonaws.com`",
    ),
    _VPC: ("INVALID_VPC_FORMAT", "a VPC ID", "`vpc-` and 8 or 17 letters and digits"),
    _VPCE: ("INVALID_VPCE_FORMAT", "a VPC endpoint ID", "`vpce-` and 8 or 17 letters and digits"),
    _KMS_KEY: ("INVALID_KMS_KEY_VALUE", "a KMS key ARN", "`arn:aws:kms:eu-west-1:123456789012:key/...`"),
}
_PATTERNS = {
    # Measured on AWS managed policies: Access Analyzer reports `application-signals.cloudwatch.amazonaws.com` here, but
    # not principals with two labels in iam:PassedToService and iam:AWSServiceName.
    _CALLED_VIA: re.compile(r"[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|amazon\.com)"),
    _VIA_SERVICE: re.compile(r"[a-z0-9.-]+\.[a-z]+(?:-[a-z]+)+-[0-9]+\.[a-z0-9.-]+"),
    _VPC: re.compile(r"vpc-(?:[0-9A-Za-z]{8}|[0-9A-Za-z]{17})"),
    _VPCE: re.compile(r"vpce-(?:[0-9A-Za-z]{8}|[0-9A-Za-z]{17})"),
    _KMS_KEY: re.compile(r"arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+"),
}


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report values that do not have the format of their key. Values with wildcards are not checked."""
    for _, condition in policy.conditions:
        kind = _KINDS.get(condition.key.text.lower())
        if kind is None or condition.operator is None or not _is_text_comparison(condition.operator):
            continue
        for value in condition.values:
            if not value.unresolved and not _is_valid(kind, value.text):
                yield _build_violation(value, kind, condition.key.text)


def _is_text_comparison(operator: Operator) -> bool:
    return operator.base.startswith(("String", "Arn"))


@lru_cache(maxsize=2048)
def _is_valid(kind: str, text: str) -> bool:
    """Return whether a value has the format of its kind; also true if it has a variable or a wildcard."""
    if "${" in text or has_wildcard(text):
        return True
    if kind == _SERVICE:
        return is_service_principal(text)
    return _PATTERNS[kind].fullmatch(text) is not None


def _build_violation(value: Node, kind: str, key: str) -> RuleViolation:
    """The violation of a value that is not of the form which its key has."""
    code, expected, form = _FORMS[kind]
    if kind == _CALLED_VIA and is_service_principal(value.text):
        message = (
            f"`{value.text}` has several labels before the domain, but Access Analyzer accepts only one in `{key}`"
        )
    else:
        message = f"`{value.text}` is not {expected}, so `{key}` never has this value"
    return RuleViolation(value, message, help=f"use the format {form}", code=code)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals":'
        ' {"iam:PassedToService": ["lambda.amazonaws.com", "ec2.amazonaws.com.cn"], "aws:SourceVpc": "vpc-1a2b3c4d"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringLike":'
        ' {"kms:ViaService": ["s3.*.amazonaws.com", "s3.eu-west-1.amazonaws.com"], "aws:SourceVpce": "vpce-*"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",'
        ' "Condition": {"StringEquals": {"iam:PassedToService": ["lambda", "EC2.amazonaws.com"]}}}',
        codes=("INVALID_SERVICE_PRINCIPAL_FORMAT", "INVALID_SERVICE_PRINCIPAL_FORMAT"),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"ForAnyValue:StringEquals":'
        ' {"aws:CalledVia": ["application-signals.cloudwatch.amazonaws.com", "athena.amazonaws.com"]}}}',
        codes=("INVALID_SERVICE_PRINCIPAL_FORMAT",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",'
        ' "Condition": {"StringEquals": {"kms:ViaService": "s3.amazonaws.com"}}}',
        codes=("INVALID_SERVICE_PRINCIPAL_FORMAT",),
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1", "aws:SourceVpce": "vpc-1a2b3c4d"}}}',
        codes=("INVALID_VPC_FORMAT", "INVALID_VPCE_FORMAT"),
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*", "Condition":'
        ' {"StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "alias/images"}}}',
        codes=("INVALID_KMS_KEY_VALUE",),
    ),
)
