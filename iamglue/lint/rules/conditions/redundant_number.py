"""Several numbers to be less or greater than, of which one decides.

The values of a condition key are alternatives: less than 2700 or less than 3600 is less than 3600.

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
    """Every comparison with several numbers."""
    for _, condition in policy.conditions:
        named = condition.operator
        if named is None or not named.base.startswith(("NumericLess", "NumericGreater")):
            continue
        found = _deciding(condition, least=named.base.startswith("NumericGreater"))
        if found is not None:
            which = "least" if named.base.startswith("NumericGreater") else "greatest"
            text = f"of the values for `{condition.key.text}` only the {which} decides: `{found.text}`"
            right = build_fix(f"leave only `{found.text}`", replace_node(condition.node, found.text), safe=True)
            yield RuleViolation(condition.node, text, help=f"leave only `{found.text}`", fix=right)


def _deciding(condition: ParsedCondition, *, least: bool) -> Node | None:
    """The value that decides; None where there is but one, or some are not numbers or not known."""
    values = condition.values
    if len(values) < 2 or len(values) != len(condition.node.items):
        return None
    from iamglue.engine.evaluate.numbers_and_dates import parse_number  # noqa: PLC0415 - startup: few policies compare numbers

    numbers = [None if value.unresolved else parse_number(value.text) for value in values]
    known = [(each, at) for at, each in enumerate(numbers) if each is not None]
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
