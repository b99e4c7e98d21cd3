"""The account of an ARN: missing where the resource has one, given where it has none, or no account number.

AWS's reference lists no resource whose ARN has another account field. An account has twelve digits; resources that AWS
owns have `aws` or nothing there (a managed policy, a public image), S3 buckets and objects have none. `*` stands for
all.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.catalog.arn_formats import fitting, is_unowned, of_service
from iamglue.catalog.shapes import ArnFormat
from iamglue.findings import Confidence, Severity, fix
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.arns import FIELDS, split_fields
from iamglue.policy.parsed_policy import Settings, WrittenPolicy
from iamglue.policy.source.edits import rewritten
from iamglue.policy.source.nodes import Node

RULE = Rule(
    Severity.ERROR,
    codes=("INVALID_ARN_ACCOUNT", "ARN_ACCOUNT_NOT_ALLOWED", "MISSING_ARN_ACCOUNT"),
    confidence=Confidence.MEDIUM,
)
_ACCOUNT = 4
_NUMBER = re.compile(r"[0-9]{12}")


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every resource whose account field does not fit it."""
    for _, node in policy.resources:
        fields = split_fields(node.text)
        if len(fields) != FIELDS or fields[0] != "arn":
            continue
        account = fields[_ACCOUNT]
        if account == "*" or "*" in account or "?" in account or "${" in account:
            continue
        yield from _faults(node, fields, policy.settings)


def _faults(node: Node, fields: tuple[str, ...], settings: Settings) -> Iterator[Hit]:
    account = fields[_ACCOUNT]
    shapes = fitting(node.text) or of_service(fields[2].lower())
    if not account:
        if shapes and all(shape.account for shape in shapes) and not _excused(fields):
            yield _missing(node, fields, settings)
    elif account in {shape.account for shape in shapes} or _is_of_aws(account, shapes):
        return
    elif not _NUMBER.fullmatch(account):
        told = f"`{account}` is no account number"
        yield Hit(node, told, help="an account number has 12 digits", code="INVALID_ARN_ACCOUNT")
    elif shapes and not any(shape.account for shape in shapes):
        told = f"the ARN of `{node.text}` has no account"
        edit = fix("leave the account empty", rewritten(node, _with(fields, "")))
        yield Hit(node, told, help="leave the field empty", code="ARN_ACCOUNT_NOT_ALLOWED", fix=edit)


def _is_of_aws(account: str, shapes: tuple[ArnFormat, ...]) -> bool:
    """Whether this is the `aws` of a resource that AWS owns; the reference seldom says which types have one."""
    return account == "aws" and (not shapes or any(shape.account for shape in shapes))


def _excused(fields: tuple[str, ...]) -> bool:
    # A resource that begins with a colon has one too many: its form is what is wrong.
    return fields[5].startswith(":") or is_unowned(fields[2], fields[5])


def _missing(node: Node, fields: tuple[str, ...], settings: Settings) -> Hit:
    told = f"the ARN `{node.text}` has no account: AWS's reference lists no such resource of `{fields[2]}`"
    given = settings.value("Account", "AccountId")
    edit = fix(f"write the account `{given}`", rewritten(node, _with(fields, given))) if given else None
    return Hit(node, told, help="write the account number, or `*`", code="MISSING_ARN_ACCOUNT", fix=edit)


def _with(fields: tuple[str, ...], account: str) -> str:
    return ":".join((*fields[:_ACCOUNT], account, *fields[_ACCOUNT + 1 :]))


GOOD = (
    Case('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}'),
    Case(
        '{"Effect": "Allow", "Action": "iam:GetPolicy", "Resource": ["arn:aws:iam::aws:policy/a",'
        ' "arn:aws:iam::123456789012:policy/a", "arn:aws:iam::*:policy/a"]}'
    ),
    Case('{"Effect": "Allow", "Action": "ssm:SendCommand", "Resource": "arn:aws:ssm:*::document/AWS-RunShellScript"}'),
)
BAD = (
    Case(
        '{"Effect": "Allow", "Action": "iam:GetRole", "Resource": "arn:aws:iam::12345678901:role/a"}',
        codes=("INVALID_ARN_ACCOUNT",),
    ),
    Case(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3::123456789012:images/*"}',
        codes=("ARN_ACCOUNT_NOT_ALLOWED",),
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}',
    ),
    Case(
        '{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1::jobs"}',
        codes=("MISSING_ARN_ACCOUNT",),
        fixed='{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:jobs"}',
        values=(("AccountId", "123456789012"),),
    ),
)
