"""A wildcard that only tests whether a condition key is there, which `Null` says outright.

`"StringLike": {"aws:RequestTag/team": "*"}` holds for every value and fails where there is none: it is
`"Null": {"aws:RequestTag/team": "false"}`. `StringNotLike` with `*` holds only where the key is absent, `Null` `true`.

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
    """Every condition that holds where its key is there, or where it is not, and looks no further."""
    for statement, condition in policy.conditions:
        found = key_presence(condition)
        if found is KeyPresence.PRESENT or found is KeyPresence.ABSENT:
            there = found is KeyPresence.PRESENT
            word, value = ("there", "false") if there else ("absent", "true")
            text = f"`{condition.operator}` with a bare `*` only tests that `{condition.key.text}` is {word}"
            code = f"EQUIVALENT_TO_NULL_{value.upper()}"
            told = f'`"Null": {{"{condition.key.text}": "{value}"}}` says so'
            yield RuleViolation(condition.node, text, help=told, code=code, fix=_fix(statement, condition, value))


def _fix(statement: ParsedStatement, condition: ParsedCondition, value: str) -> Fix | None:
    named = condition.operator
    # ForAllValues also holds where all of the request's values are empty; Arn operators, of texts that are no ARN.
    safe = named is not None and named.quantifier != "ForAllValues" and named.base.startswith("String")
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
