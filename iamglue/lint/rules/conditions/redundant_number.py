"""A comparison has several numbers, but only one has an effect.

The values of a condition key are alternatives: less than 2700 or less than 3600 means less than 3600.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Numeric
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.parsed_values import ParsedCondition
from iamglue.policy.source.edits import replace_node
from iamglue.policy.source.nodes import Node

RULE = Rule(Severity.SUGGESTION, codes=("REDUNDANT_CONDITION_VALUE_NUM",))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report comparisons with several numbers."""
    for _, condition in policy.conditions:
        operator = condition.operator
        if operator is None or not operator.base.startswith(("NumericLess", "NumericGreater")):
            continue
        deciding = _find_deciding_value(condition, least=operator.base.startswith("NumericGreater"))
        if deciding is not None:
            which = "smallest" if operator.base.startswith("NumericGreater") else "largest"
            text = f"only the {which} value of `{condition.key.text}` has an effect: `{deciding.text}`"
            fix = build_fix(f"keep only `{deciding.text}`", replace_node(condition.node, deciding.text), safe=True)
            yield RuleViolation(condition.node, text, help=f"keep only `{deciding.text}`", fix=fix)


def _find_deciding_value(condition: ParsedCondition, *, least: bool) -> Node | None:
    """Return the value that has an effect; None if there is one value only, or if some are not numbers or unknown."""
    values = condition.values
    if len(values) < 2 or len(values) != len(condition.node.items):
        return None
    from iamglue.engine.evaluate.numbers_and_dates import parse_number  # noqa: PLC0415 - startup: few policies compare numbers

    numbers = [None if value.unresolved else parse_number(value.text) for value in values]
    known = [(number, index) for index, number in enumerate(numbers) if number is not None]
    if len(known) != len(values):
        return None
    return values[(min(known) if least else max(known))[1]]


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*",'
        ' "Condition": {"NumericLessThan": {"s3:max-keys": ["10"]}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*",'
        ' "Condition": {"NumericEquals": {"s3:max-keys": ["10", "20"]}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*",'
        ' "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": ["2700", "3600"]}}}',
        fixed='{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*",'
        ' "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}}',
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*",'
        ' "Condition": {"NumericGreaterThanEquals": {"s3:max-keys": [100, 9.5, 20]}}}',
        fixed='{"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*",'
        ' "Condition": {"NumericGreaterThanEquals": {"s3:max-keys": "9.5"}}}',
    ),
)
