"""`Null` has the qualifier `ForAllValues:` or `ForAnyValue:`.

The condition then does not test anything: with `ForAllValues:` it always holds, with `ForAnyValue:` it never holds.
`Null` without a qualifier tests whether a key is present, also for multivalued keys.

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
    """Report each key under `Null` with a qualifier."""
    for statement, condition in policy.conditions:
        operator = condition.operator
        if operator is not None and operator.base == "Null" and operator.quantifier:
            outcome = "always holds" if operator.quantifier == "ForAllValues" else "never holds"
            text = f"`{operator}` {outcome}, whether the request carries `{condition.key.text}` or not"
            fix = build_fix("write `Null`", rename_operator(statement, condition, "Null"))
            yield RuleViolation(condition.operator_node, text, help="write `Null`", fix=fix)


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
