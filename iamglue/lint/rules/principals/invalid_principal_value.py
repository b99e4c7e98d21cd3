"""A principal under AWS or CanonicalUser that is not a valid account, user, role or session.

An account ID has 12 digits. The ARN is that of an account (`:root`), a user, a role, or an STS session. Groups,
policies and instance profiles cannot be principals; a service belongs under Service, an identity provider under
Federated.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.catalog.partitions import partitions
from iamglue.catalog.service_principals import is_service_principal
from iamglue.findings import Severity
from iamglue.lint.rule import RESOURCE_BASED_TYPES, Rule, RuleExample, RuleViolation
from iamglue.policy.arns import Arn, parse_arn
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.parsed_values import ParsedPrincipal

RULE = Rule(Severity.ERROR, types=RESOURCE_BASED_TYPES)

_DIGITS = 12
_ACCOUNT_ID = re.compile(rf"[0-9]{{{_DIGITS}}}")
# Unique IDs of roles and users, which AWS shows if it finds no ARN; another rule reports them.
_UNIQUE_ID = re.compile(r"A(?:ROA|IDA)[A-Z0-9]{12,}")
# 64 digits; canonical user IDs of CloudFront origin access identities have 96.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/finding-canonical-user-id.html
_CANONICAL_USER_ID = re.compile(r"[0-9a-f]{64}|[0-9a-f]{96}")
_IAM_RESOURCE = re.compile(r"root|(?:role|user)/.*[^/]")
_STS_RESOURCE = re.compile(r"assumed-role/[^/]+/[^/]+|federated-user/.+")
# The ARN of an origin access identity is that of a user in the account `cloudfront`.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
_ORIGIN_ACCESS_IDENTITY = re.compile(r"arn:[a-z0-9-]+:iam::cloudfront:user/.+")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find malformed principals under AWS or CanonicalUser."""
    for _, principal in policy.principals:
        text = principal.value.text
        if principal.value.unresolved or any(mark in text for mark in ("*", "?", "${")):
            continue
        if principal.kind == "AWS" and not _ACCOUNT_ID.fullmatch(text):
            yield from _value_violations(principal, text)
        elif principal.kind == "CanonicalUser" and not _CANONICAL_USER_ID.fullmatch(text):
            yield RuleViolation(
                principal.value, f"`{text}` is not a valid canonical user ID: it must have 64 hexadecimal digits"
            )


def _value_violations(principal: ParsedPrincipal, text: str) -> Iterator[RuleViolation]:
    """Yield the violation of a principal under `AWS`: an ARN, an account, a service, or neither."""
    if text.startswith("arn:"):
        problem = _find_arn_problem(text)
        if problem:
            yield RuleViolation(principal.value, *problem)
    elif re.fullmatch(r"[0-9-]+", text):
        digits = sum(character.isdigit() for character in text)
        reason = f": it has {digits} digit{'' if digits == 1 else 's'}, not {_DIGITS}" if digits != _DIGITS else ""
        message = f"`{text}` is not a valid account ID{reason}"
        yield RuleViolation(principal.value, message, help=_account_id_help(text))
    elif is_service_principal(text):
        yield RuleViolation(
            principal.value, f"`{text}` is a service, not an AWS principal", help="write it under `Service`"
        )
    elif not _UNIQUE_ID.fullmatch(text) and not _CANONICAL_USER_ID.fullmatch(text):
        yield RuleViolation(
            principal.value,
            f"`{text}` is not a valid principal",
            help="write an account ID (12 digits) or the ARN of an account, user, role or session",
        )


def _account_id_help(text: str) -> str:
    """How to correct a value that looks like an account ID."""
    digits = text.replace("-", "")
    if digits != text:
        return f"write `{digits}`, without hyphens"
    return (
        "is a leading zero missing? write the ID in quotes"
        if len(text) < _DIGITS
        else "write the account ID with 12 digits"
    )


def _find_arn_problem(text: str) -> tuple[str, str | None] | None:
    """Message and help for an ARN that is not a valid principal; None if it is valid."""
    arn = parse_arn(text)
    if arn is None:
        return f"`{text}` is not a complete ARN", "an ARN has six fields: `arn:aws:iam::111122223333:role/name`"
    if arn.partition not in partitions():
        return f"`{text}` does not have a valid partition", f"valid partitions are {', '.join(partitions())}"
    if arn.service not in ("iam", "sts"):
        return (
            f"`{text}` is not a principal",
            "principals are ARNs of `iam` or `sts`; allow the service or role that acts for the resource",
        )
    if _ORIGIN_ACCESS_IDENTITY.fullmatch(text):
        return None
    if arn.region or not _ACCOUNT_ID.fullmatch(arn.account):
        return (
            f"`{text}` must have an account ID of 12 digits and no Region",
            f"write `arn:aws:{arn.service}::111122223333:...`",
        )
    return _find_resource_problem(text, arn)


def _find_resource_problem(text: str, arn: Arn) -> tuple[str, str | None] | None:
    """Message and help for the resource part of an ARN of IAM or STS; None if it is valid."""
    if (_IAM_RESOURCE if arn.service == "iam" else _STS_RESOURCE).fullmatch(arn.resource):
        return None
    if "-provider/" in arn.resource:
        return f"`{text}` is an identity provider", "write it under `Federated`"
    if arn.resource.startswith("group/"):
        return f"`{text}` is a group, which cannot be a principal", "name the users of the group, or a role"
    if arn.resource.startswith("assumed-role/"):
        return f"`{text}` does not name a session of the role", "write `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`"
    return (
        f"`{text}` is not an account, user, role or session",
        "write `root`, `user/NAME` or `role/NAME` after the account",
    )


_READ = '"Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"'
GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Principal": {"AWS": ["111122223333", "arn:aws:iam::111122223333:root",'
        ' "arn:aws:iam::111122223333:role/app/reader", "arn:aws:sts::111122223333:assumed-role/reader/session",'
        f' "arn:aws:sts::111122223333:federated-user/ann", "AROAEXAMPLE1234567890"]}}, {_READ}}}',
        PolicyType.RESOURCE,
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal":'
        f' {{"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}}, {_READ}}}',
        PolicyType.RESOURCE,
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Principal": {"AWS": "12345678901"}, "Action": "sts:AssumeRole"}',
        PolicyType.TRUST,
        codes=("",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam:111122223333:root", "arn:aws:iam::1111:root",'
        f' "arn:aws:iam::111122223333:group/staff", "arn:aws:s3:::images", "lambda.amazonaws.com"]}}, {_READ}}}',
        PolicyType.RESOURCE,
        codes=("",) * 5,
    ),
    RuleExample(
        f'{{"Effect": "Allow", "Principal": {{"CanonicalUser": "79a5"}}, {_READ}}}',
        PolicyType.RESOURCE,
        codes=("",),
    ),
)
