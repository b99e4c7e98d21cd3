"""`Null` with `ForAllValues:` or `ForAnyValue:` before it.

The condition then tests nothing: with `ForAllValues:` it always holds, with `ForAnyValue:` it never does. `Null` alone
asks whether a key is there, one with several values, too.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.condition_edits import rename_operator
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(Severity.SUGGESTION, codes=("NULL_WITH_QUALIFIER",))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every key under such an operator."""
    for statement, condition in policy.conditions:
        named = condition.operator
        if named is not None and named.base == "Null" and named.quantifier:
            does = "always holds" if named.quantifier == "ForAllValues" else "never holds"
            text = f"`{named}` {does}, whether the request carries `{condition.key.text}` or not"
            right = build_fix("write `Null`", rename_operator(statement, condition, "Null"))
            yield RuleViolation(condition.operator_node, text, help="write `Null`", fix=right)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"Null": {"aws:TagKeys": "false"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"ForAnyValue:StringLike": {"aws:TagKeys": "a*"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"ForAnyValue:Null": {"aws:TagKeys": "false"}}}',
        fixed='{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"Null": {"aws:TagKeys": "false"}}}',
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"ForAllValues:Null": {"aws:TagKeys": "true"}}}'
    ),
)
