"""A wildcard by which a condition always holds, or never.

`StringLikeIfExists` and `ForAllValues:StringLike` with a bare `*` hold for every value and for none: the key may as
well go. `ForAnyValue:StringNotLike` with `*` holds for nothing: the statement never applies.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, fix
from iamglue.lint.analysis.condition_edits import without_key
from iamglue.lint.analysis.presence import Presence, presence
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.parsed_policy import WrittenPolicy

RULE = Rule(
    Severity.SUGGESTION,
    codes=(
        "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION",
        "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION",
    ),
)


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every condition that a bare wildcard decides."""
    for statement, condition in policy.conditions:
        found = presence(condition)
        if found is Presence.ALWAYS:
            text = f"`{condition.operator}` with a bare `*` always holds: `{condition.key.text}` limits nothing"
            drop = fix("remove the key", without_key(statement, condition), safe=True)
            told = "remove the key, or say which values are meant"
            yield Hit(condition.key, text, help=told, code="REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION", fix=drop)
        elif found is Presence.NEVER:
            text = f"`{condition.operator}` with a bare `*` never holds: the statement never applies"
            told = "remove the statement, or say which values are meant"
            yield Hit(condition.key, text, help=told, code="REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION")


GOOD = (
    Case(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"StringLikeIfExists": {"aws:RequestTag/team": "a*"}}}'
    ),
    Case(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"ForAnyValue:StringNotLike": {"aws:TagKeys": ["a*", "b*"]}}}'
    ),
)
BAD = (
    Case(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"StringLikeIfExists": {"aws:RequestTag/team": "*"}}}',
        codes=("REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION",),
        fixed='{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*"}',
    ),
    Case(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"ForAllValues:StringLike": {"aws:TagKeys": ["*"]}, "Bool": {"aws:SecureTransport": "true"}}}',
        codes=("REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION",),
        fixed='{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"Bool": {"aws:SecureTransport": "true"}}}',
    ),
    Case(
        '{"Effect": "Deny", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"ForAnyValue:StringNotLike": {"aws:TagKeys": ["team", "*"]}}}',
        codes=("REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION",),
    ),
)
