"""A wildcard makes a condition always hold or never hold.

`StringLikeIfExists` and `ForAllValues:StringLike` with a bare `*` hold for every value and if the key is absent: the
key can be removed. `ForAnyValue:StringNotLike` with `*` never holds: the statement never applies.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.condition_edits import remove_condition_key
from iamglue.lint.analysis.key_presence import KeyPresence, key_presence
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(
    Severity.SUGGESTION,
    codes=(
        "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION",
        "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION",
    ),
)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report conditions whose outcome a bare wildcard determines."""
    for statement, condition in policy.conditions:
        presence = key_presence(condition)
        if presence is KeyPresence.ALWAYS:
            text = f"`{condition.operator}` with a bare `*` always holds: it does not limit `{condition.key.text}`"
            fix = build_fix("remove the key", remove_condition_key(statement, condition), safe=True)
            help_ = "remove the key, or write the intended values"
            yield RuleViolation(
                condition.key, text, help=help_, code="REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION", fix=fix
            )
        elif presence is KeyPresence.NEVER:
            text = f"`{condition.operator}` with a bare `*` never holds: the statement never applies"
            help_ = "remove the statement, or write the intended values"
            yield RuleViolation(
                condition.key, text, help=help_, code="REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION"
            )


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"StringLikeIfExists": {"aws:RequestTag/team": "a*"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"ForAnyValue:StringNotLike": {"aws:TagKeys": ["a*", "b*"]}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"StringLikeIfExists": {"aws:RequestTag/team": "*"}}}',
        codes=("REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION",),
        fixed='{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*"}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"ForAllValues:StringLike": {"aws:TagKeys": ["*"]}, "Bool": {"aws:SecureTransport": "true"}}}',
        codes=("REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION",),
        fixed='{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"Bool": {"aws:SecureTransport": "true"}}}',
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"ForAnyValue:StringNotLike": {"aws:TagKeys": ["team", "*"]}}}',
        codes=("REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION",),
    ),
)
