"""An Arn operator compares a text key with a value that is not an ARN.

`ArnLike` and the other Arn operators compare ARNs field by field. They may be used with a tag or an encryption context
that contains an ARN, but a value such as `shop` has no fields to compare. AWS does not document the result; a String
operator states what is meant.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.catalog.condition_key_types import condition_key_type
from iamglue.findings import Confidence, Severity, build_fix
from iamglue.lint.analysis.condition_edits import rename_operator
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.source.nodes import Node

RULE = Rule(Severity.WARNING, confidence=Confidence.MEDIUM)
_STRING_EQUIVALENTS = {
    "ArnEquals": "StringLike",
    "ArnLike": "StringLike",
    "ArnNotEquals": "StringNotLike",
    "ArnNotLike": "StringNotLike",
}


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report each value of a text key under an Arn operator that cannot be an ARN."""
    for statement, condition in policy.conditions:
        operator = condition.operator
        if operator is None or operator.base not in _STRING_EQUIVALENTS or condition.key.unresolved:
            continue
        texts = [value for value in condition.values if not _may_be_arn(value)]
        if not texts or not (condition_key_type(condition.key.text) or "").endswith("String"):
            continue
        replacement = str(replace(operator, base=_STRING_EQUIVALENTS[operator.base]))
        edits = rename_operator(statement, condition, replacement) if condition.is_resolved else ()
        fix = build_fix(f"write `{replacement}`", edits)
        for value in texts:
            message = f"`{value.text}` is not an ARN, but `{operator}` compares ARNs"
            yield RuleViolation(value, message, help=f"write `{replacement}`", fix=fix)


def _may_be_arn(value: Node) -> bool:
    """Return whether the value begins like an ARN, or with text that is not known."""
    return value.unresolved or value.text.startswith(("arn:", "*", "?", "$"))


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",'
        ' "Condition": {"ArnLike": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::images*"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"StringLike": {"aws:RequestTag/team": "shop*"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"ArnLike": {"aws:RequestTag/team": "shop*"}}}',
        fixed='{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"StringLike": {"aws:RequestTag/team": "shop*"}}}',
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"ArnNotEqualsIfExists": {"aws:PrincipalTag/team": ["arn:aws:s3:::images", "shop"]}}}',
        fixed='{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"StringNotLikeIfExists": {"aws:PrincipalTag/team": ["arn:aws:s3:::images", "shop"]}}}',
    ),
)
