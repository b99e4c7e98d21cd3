"""A wildcard only tests whether a condition key is present, which `Null` states explicitly.

`"StringLike": {"aws:RequestTag/team": "*"}` holds for every value and fails if the key is absent. It is equivalent to
`"Null": {"aws:RequestTag/team": "false"}`. `StringNotLike` with `*` holds only if the key is absent: `Null` with
`true`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Fix, Severity, build_fix
from iamglue.lint.analysis.condition_edits import replace_with_null_test
from iamglue.lint.analysis.key_presence import KeyPresence, key_presence
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.parsed_values import ParsedCondition

RULE = Rule(Severity.SUGGESTION, codes=("EQUIVALENT_TO_NULL_FALSE", "EQUIVALENT_TO_NULL_TRUE"))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report conditions that only test whether the key is present or absent."""
    for statement, condition in policy.conditions:
        presence = key_presence(condition)
        if presence is KeyPresence.PRESENT or presence is KeyPresence.ABSENT:
            is_present = presence is KeyPresence.PRESENT
            state, value = ("present", "false") if is_present else ("absent", "true")
            text = f"`{condition.operator}` with a bare `*` only tests that `{condition.key.text}` is {state}"
            code = f"EQUIVALENT_TO_NULL_{value.upper()}"
            help_ = f'write `"Null": {{"{condition.key.text}": "{value}"}}`'
            yield RuleViolation(condition.node, text, help=help_, code=code, fix=_null_fix(statement, condition, value))


def _null_fix(statement: ParsedStatement, condition: ParsedCondition, value: str) -> Fix | None:
    """The fix with `Null`; it is safe only where both conditions hold for the same requests."""
    operator = condition.operator
    # ForAllValues also holds if all values of the request are empty; Arn operators do not match other text than ARNs.
    safe = operator is not None and operator.quantifier != "ForAllValues" and operator.base.startswith("String")
    return build_fix("test it with `Null`", replace_with_null_test(statement, condition, value), safe=safe)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"Null": {"aws:RequestTag/team": "false"}, "StringLike": {"aws:RequestTag/part": "?*"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"StringLikeIfExists": {"aws:RequestTag/team": "*"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"StringLike": {"aws:RequestTag/team": "*"}}}',
        codes=("EQUIVALENT_TO_NULL_FALSE",),
        fixed='{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"Null": {"aws:RequestTag/team": "false"}}}',
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*",'
        ' "Condition": {"StringNotLike": {"aws:RequestTag/team": ["*"]}}}',
        codes=("EQUIVALENT_TO_NULL_TRUE",),
        fixed='{"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*",'
        ' "Condition": {"Null": {"aws:RequestTag/team": ["true"]}}}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"ForAnyValue:StringLike": {"aws:TagKeys": ["team", "*"]}}}',
        codes=("EQUIVALENT_TO_NULL_FALSE",),
    ),
)
