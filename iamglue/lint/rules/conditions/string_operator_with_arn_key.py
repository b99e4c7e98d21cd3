"""A condition key that contains an ARN is compared as plain text with wildcards.

`StringLike` does not distinguish the fields of an ARN: a `*` also matches colons, so `arn:aws:s3:*:bucket` also
matches an ARN with another account, Region and resource in between. `ArnLike` compares field by field. The
replacement allows no additional access if the condition grants access (an Allow with `StringLike`, a Deny with
`StringNotLike`).

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.catalog.condition_key_types import condition_key_type
from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.condition_edits import rename_operator
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.arns import ARN_FIELD_COUNT
from iamglue.policy.conditions import Operator
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.parsed_values import ParsedCondition

RULE = Rule(Severity.SECURITY_WARNING, codes=("STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS",))
_ARN_EQUIVALENTS = {"StringLike": "ArnLike", "StringNotLike": "ArnNotLike"}


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report ARN keys under `StringLike` or `StringNotLike`."""
    for statement, condition in policy.conditions:
        operator = condition.operator
        if operator is None or operator.base not in _ARN_EQUIVALENTS or condition.key.unresolved:
            continue
        if not (condition_key_type(condition.key.text) or "").endswith("ARN"):
            continue
        replacement = str(replace(operator, base=_ARN_EQUIVALENTS[operator.base]))
        text = f"`{condition.key.text}` is an ARN, but wildcards of `{operator}` match across its fields"
        edits = rename_operator(statement, condition, replacement) if _has_only_arns(condition) else ()
        fix = build_fix(f"write `{replacement}`", edits, safe=_replacement_allows_less(operator, statement))
        yield RuleViolation(
            condition.operator_node, text, help=f"write `{replacement}`, which compares field by field", fix=fix
        )


def _has_only_arns(condition: ParsedCondition) -> bool:
    """Return whether all values are ARNs; `ArnLike` matches nothing else."""
    return condition.is_resolved and all(
        value.text.startswith("arn:") and value.text.count(":") >= ARN_FIELD_COUNT - 1 and not value.unresolved
        for value in condition.values
    )


def _replacement_allows_less(operator: Operator, statement: ParsedStatement) -> bool:
    """Return whether comparing field by field, which matches fewer ARNs, allows less access."""
    return statement.effect is (Effect.ALLOW if operator.base == "StringLike" else Effect.DENY)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*",'
        ' "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::images-*"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/app"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*",'
        ' "Condition": {"StringLike": {"aws:SourceArn": "arn:aws:s3:::images-*"}}}',
        fixed='{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*",'
        ' "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::images-*"}}}',
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"StringNotLikeIfExists": {"aws:PrincipalArn": ["arn:aws:iam::*:role/admin-*"]}}}',
        fixed='{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"ArnNotLikeIfExists": {"aws:PrincipalArn": ["arn:aws:iam::*:role/admin-*"]}}}',
    ),
)
