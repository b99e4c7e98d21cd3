"""A condition key that holds an ARN, compared as plain text with wildcards.

`StringLike` knows nothing of an ARN's fields: a `*` runs across colons, so `arn:aws:s3:*:bucket` also matches what has
another account, Region and resource in between. `ArnLike` compares field by field. The change allows nothing more
where the condition lets requests in (an Allow with `StringLike`, a Deny with `StringNotLike`).

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
_INSTEAD = {"StringLike": "ArnLike", "StringNotLike": "ArnNotLike"}


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every key of an ARN under StringLike or StringNotLike."""
    for statement, condition in policy.conditions:
        named = condition.operator
        if named is None or named.base not in _INSTEAD or condition.key.unresolved:
            continue
        if not (condition_key_type(condition.key.text) or "").endswith("ARN"):
            continue
        right = str(replace(named, base=_INSTEAD[named.base]))
        text = f"`{condition.key.text}` is an ARN, and `{named}` lets a wildcard run across its fields"
        edits = rename_operator(statement, condition, right) if _are_arns(condition) else ()
        found = build_fix(f"write `{right}`", edits, safe=_narrows(named, statement))
        yield RuleViolation(
            condition.operator_node, text, help=f"write `{right}`, which compares field by field", fix=found
        )


def _are_arns(condition: ParsedCondition) -> bool:
    """Whether the values can be compared as ARNs: ArnLike matches nothing else."""
    return condition.is_resolved and all(
        value.text.startswith("arn:") and value.text.count(":") >= ARN_FIELD_COUNT - 1 and not value.unresolved
        for value in condition.values
    )


def _narrows(operator: Operator, statement: ParsedStatement) -> bool:
    """Whether comparing field by field, which matches fewer ARNs, allows less."""
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
