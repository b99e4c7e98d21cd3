"""The deprecated condition key `aws:ARN` is compared with the ARN of the caller.

`aws:PrincipalArn` replaces it. Its value is the ARN of the user, or of the role whose session makes the request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.parsed_values import ParsedCondition
from iamglue.policy.source.edits import replace_scalar

RULE = Rule(Severity.WARNING, codes=("DEPRECATED_GLOBAL_CONDITION_KEY",))
DEPRECATED_KEY = "aws:arn"
_PRINCIPAL_SERVICES = ("iam", "sts")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report each `aws:ARN` that is compared only with users, roles and sessions."""
    for _, condition in policy.conditions:
        if condition.key.text.lower() == DEPRECATED_KEY and has_only_principal_arns(condition):
            text = f"`{condition.key.text}` is a deprecated key for the ARN of the caller"
            fix = build_fix("write `aws:PrincipalArn`", replace_scalar(condition.key, "aws:PrincipalArn"))
            yield RuleViolation(condition.key, text, help="write `aws:PrincipalArn`", fix=fix)


def has_only_principal_arns(condition: ParsedCondition) -> bool:
    """Return whether every value is an ARN of IAM or STS."""
    services = {value.text.split(":")[2] if value.text.count(":") >= 5 else "" for value in condition.values}
    return bool(services) and services <= set(_PRINCIPAL_SERVICES)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/app-*"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*",'
        ' "Condition": {"ArnLike": {"aws:ARN": "arn:aws:sns:eu-west-1:123456789012:orders"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"ArnLike": {"aws:ARN": "arn:aws:iam::123456789012:role/app-*"}}}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/app-*"}}}',
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"ArnNotEquals": {"aws:arn": ["arn:aws:iam::123456789012:user/anna"]}}}'
    ),
)
