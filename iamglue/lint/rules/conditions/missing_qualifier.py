"""A multivalued condition key is compared without a qualifier.

Put a qualifier before the operator: `ForAnyValue:` requires that at least one value of the request matches,
`ForAllValues:` that every value does. The latter also holds if the request has no values at all, so in an Allow add a
`Null` condition. Without a qualifier, a request with several values never matches.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.condition_key_types import is_multivalued_key
from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(Severity.ERROR, codes=("MISSING_QUALIFIER",))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report multivalued keys under an operator without a qualifier."""
    for _, condition in policy.conditions:
        operator = condition.operator
        if operator is None or operator.quantifier or operator.base == "Null" or condition.key.unresolved:
            continue
        if is_multivalued_key(condition.key.text):
            text = f"`{condition.key.text}` is multivalued, but `{operator}` compares a single value"
            help_ = f"write `ForAnyValue:{operator}` if one value must match, or `ForAllValues:{operator}` if all must"
            yield RuleViolation(condition.key, text, help=help_)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*", "Condition":'
        ' {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}, "Null": {"aws:TagKeys": "false"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:RequestTag/team": ["blue", "red"]}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:TagKeys": ["team"]}}}'
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*",'
        ' "Condition": {"StringNotLikeIfExists": {"dynamodb:LeadingKeys": "a*"}}}'
    ),
)
