"""A condition value that cannot be what its key holds: a service principal, a VPC, a VPC endpoint or a KMS key.

A service principal is `name.amazonaws.com`, in small letters; `kms:ViaService` wants the Region in it,
`name.region.amazonaws.com`. A VPC is `vpc-` and 8 or 17 letters and digits, an endpoint `vpce-` and as many. A KMS key
is the ARN of a key: an alias or a bare key id matches no request.

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
_SERVICE, _VIA_SERVICE, _VPC, _VPCE, _KMS_KEY = "service", "via-service", "vpc", "vpce", "kms-key"
_KINDS = {
    "aws:principalservicename": _SERVICE,
    "aws:principalservicenameslist": _SERVICE,
    "aws:calledvia": _SERVICE,
    "aws:calledviafirst": _SERVICE,
    "aws:calledvialast": _SERVICE,
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
# Kind -> code, what the value has to be, and how it is written.
_FORMS = {
    _SERVICE: ("INVALID_SERVICE_PRINCIPAL_FORMAT", "a service principal", "`name.amazonaws.com`"),
    _VIA_SERVICE: ("INVALID_SERVICE_PRINCIPAL_FORMAT", "a service in a Region", "`name.eu-west-1.amazonaws.com`"),
    _VPC: ("INVALID_VPC_FORMAT", "the id of a VPC", "`vpc-` and 8 or 17 letters and digits"),
    _VPCE: ("INVALID_VPCE_FORMAT", "the id of a VPC endpoint", "`vpce-` and 8 or 17 letters and digits"),
    _KMS_KEY: ("INVALID_KMS_KEY_VALUE", "the ARN of a KMS key", "`arn:aws:kms:eu-west-1:123456789012:key/...`"),
}
_PATTERNS = {
    _VIA_SERVICE: re.compile(r"[a-z0-9.-]+\.[a-z]+(?:-[a-z]+)+-[0-9]+\.[a-z0-9.-]+"),
    _VPC: re.compile(r"vpc-(?:[0-9A-Za-z]{8}|[0-9A-Za-z]{17})"),
    _VPCE: re.compile(r"vpce-(?:[0-9A-Za-z]{8}|[0-9A-Za-z]{17})"),
    _KMS_KEY: re.compile(r"arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+"),
}


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every value of such a key that is not of its form. Values with wildcards are left alone."""
    for _, condition in policy.conditions:
        kind = _KINDS.get(condition.key.text.lower())
        if kind is None or condition.operator is None or not _compares_texts(condition.operator):
            continue
        for value in condition.values:
            if not value.unresolved and not _fits(kind, value.text):
                yield _hit(value, kind, condition.key.text)


def _compares_texts(operator: Operator) -> bool:
    return operator.base.startswith(("String", "Arn"))


@lru_cache(maxsize=2048)
def _fits(kind: str, text: str) -> bool:
    if "${" in text or has_wildcard(text):
        return True
    if kind == _SERVICE:
        return is_service_principal(text)
    return _PATTERNS[kind].fullmatch(text) is not None


def _hit(value: Node, kind: str, key: str) -> RuleViolation:
    code, wanted, form = _FORMS[kind]
    return RuleViolation(
        value, f"`{value.text}` is not {wanted}, which `{key}` holds", help=f"it is written {form}", code=code
    )


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
