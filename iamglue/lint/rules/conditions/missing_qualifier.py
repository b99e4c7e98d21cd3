"""A condition key with several values in one request, compared as if it had one.

Say what is to be true of them: `ForAnyValue:` before the operator, that one of the request's values matches;
`ForAllValues:`, that every one does. The latter also holds where the request has no values at all, so in an Allow set
a `Null` condition beside it. Without either, a request with several values matches nothing.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.condition_key_types import condition_key_type, is_multivalued_type
from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(Severity.ERROR, codes=("MISSING_QUALIFIER",))
# The reference calls it an array, EventBridge's guide and AWS's own policies compare it plainly:
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
_PLAIN = frozenset({"events:detail-type"})


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every multivalued key under an operator that begins with neither."""
    for _, condition in policy.conditions:
        named = condition.operator
        if named is None or named.quantifier or named.base == "Null" or condition.key.unresolved:
            continue
        if (
            is_multivalued_type(condition_key_type(condition.key.text) or "")
            and condition.key.text.lower() not in _PLAIN
        ):
            text = f"a request has any number of values for `{condition.key.text}`, and `{named}` looks at one"
            told = f"write `ForAnyValue:{named}`, one has to match, or `ForAllValues:{named}`, each has to"
            yield RuleViolation(condition.key, text, help=told)


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
