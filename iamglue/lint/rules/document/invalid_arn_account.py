"""The account field of an ARN is missing, is present where the resource type has none, or is not a valid account ID.

AWS's reference lists no resource type whose ARN has such an account field. An account ID has 12 digits. For resources
that AWS owns (a managed policy, a public image) the field is `aws` or empty; for S3 buckets and objects it is empty.
`*` matches every account.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.catalog.resource_formats import ArnFormat
from iamglue.catalog.service_arn_formats import matching_formats, may_be_aws_owned, service_arn_formats
from iamglue.findings import Confidence, Severity
from iamglue.lint.analysis.arn_fields import ArnFields, arns_with_literal_field, field_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy
from iamglue.policy.source.nodes import Node

RULE = Rule(
    Severity.ERROR,
    codes=("INVALID_ARN_ACCOUNT", "ARN_ACCOUNT_NOT_ALLOWED", "MISSING_ARN_ACCOUNT"),
    confidence=Confidence.MEDIUM,
)
_ACCOUNT_FIELD = 4
_ACCOUNT_NUMBER = re.compile(r"[0-9]{12}")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find resources whose account field does not match any format of the resource type."""
    for node, fields in arns_with_literal_field(policy, _ACCOUNT_FIELD):
        yield from _account_violations(node, fields, policy.parameter_values)


def _account_violations(node: Node, fields: ArnFields, parameter_values: ParameterValues) -> Iterator[RuleViolation]:
    """Yield the violation of an account: missing, malformed, or in an ARN that has none."""
    account = fields[_ACCOUNT_FIELD]
    arn_formats = matching_formats(node.text) or service_arn_formats(fields[2].lower())
    if not account:
        if arn_formats and all(arn_format.account for arn_format in arn_formats) and not _may_omit_account(fields):
            yield _missing_violation(node, fields, parameter_values)
    elif account in {arn_format.account for arn_format in arn_formats} or _is_aws_account(account, arn_formats):
        return
    elif not _ACCOUNT_NUMBER.fullmatch(account):
        message = f"`{account}` is not a valid account ID"
        yield RuleViolation(node, message, help="an account ID has 12 digits", code="INVALID_ARN_ACCOUNT")
    elif arn_formats and not any(arn_format.account for arn_format in arn_formats):
        message = f"the ARN `{node.text}` has an account, but ARNs of this resource type have none"
        fix = field_fix(node, fields, _ACCOUNT_FIELD, "", "leave the account empty")
        yield RuleViolation(node, message, help="leave the field empty", code="ARN_ACCOUNT_NOT_ALLOWED", fix=fix)


def _is_aws_account(account: str, arn_formats: tuple[ArnFormat, ...]) -> bool:
    """True if the account is `aws` and the service has account-specific ARNs. The reference seldom lists this form."""
    return account == "aws" and (not arn_formats or any(arn_format.account for arn_format in arn_formats))


def _may_omit_account(fields: ArnFields) -> bool:
    """True if a missing account is not the problem to report."""
    # If the resource part begins with a colon, the ARN has one colon too many. Another rule reports that.
    return fields[5].startswith(":") or may_be_aws_owned(fields[2], fields[5])


def _missing_violation(node: Node, fields: ArnFields, parameter_values: ParameterValues) -> RuleViolation:
    """The violation of a missing account; the fix writes the one of `--set Account`, if given."""
    message = f"the ARN `{node.text}` has no account; AWS's reference lists no such resource type of `{fields[2]}`"
    account = parameter_values.value("Account", "AccountId")
    fix = field_fix(node, fields, _ACCOUNT_FIELD, account, f"write the account `{account}`")
    return RuleViolation(
        node, message, help="write the account ID, or `*` for every account", code="MISSING_ARN_ACCOUNT", fix=fix
    )


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}'),
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:GetPolicy", "Resource": ["arn:aws:iam::aws:policy/a",'
        ' "arn:aws:iam::123456789012:policy/a", "arn:aws:iam::*:policy/a"]}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "ssm:SendCommand", "Resource": "arn:aws:ssm:*::document/AWS-RunShellScript"}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "iam:GetRole", "Resource": "arn:aws:iam::12345678901:role/a"}',
        codes=("INVALID_ARN_ACCOUNT",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3::123456789012:images/*"}',
        codes=("ARN_ACCOUNT_NOT_ALLOWED",),
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1::jobs"}',
        codes=("MISSING_ARN_ACCOUNT",),
        fixed='{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:jobs"}',
        parameter_values=(("AccountId", "123456789012"),),
    ),
)
