"""`Null` with `ForAllValues:` or `ForAnyValue:` before it.

The condition then tests nothing: with `ForAllValues:` it always holds, with `ForAnyValue:` it never does. `Null` alone
asks whether a key is there, one with several values, too.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, fix
from iamglue.lint.analysis.condition_edits import renamed_operator
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.parsed_policy import WrittenPolicy

RULE = Rule(Severity.SUGGESTION, codes=("NULL_WITH_QUALIFIER",))


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every key under such an operator."""
    for statement, condition in policy.conditions:
        named = condition.operator
        if named is not None and named.base == "Null" and named.quantifier:
            does = "always holds" if named.quantifier == "ForAllValues" else "never holds"
            text = f"`{named}` {does}, whether the request carries `{condition.key.text}` or not"
            right = fix("write `Null`", renamed_operator(statement, condition, "Null"))
            yield Hit(condition.operator_node, text, help="write `Null`", fix=right)


GOOD = (
    Case(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"Null": {"aws:TagKeys": "false"}}}'
    ),
    Case(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"ForAnyValue:StringLike": {"aws:TagKeys": "a*"}}}'
    ),
)
BAD = (
    Case(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"ForAnyValue:Null": {"aws:TagKeys": "false"}}}',
        fixed='{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"Null": {"aws:TagKeys": "false"}}}',
    ),
    Case(
        '{"Effect": "Deny", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"ForAllValues:Null": {"aws:TagKeys": "true"}}}'
    ),
)
