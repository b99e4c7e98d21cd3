"""A condition key is listed twice under one operator, in different letter case.

Names of condition keys are not case-sensitive, so one of the two would be lost: IAM rejects the policy. Put the
values of both into one list.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(Severity.ERROR, codes=("DUPLICATE_KEYS_WITH_DIFFERENT_CASE",))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report keys that repeat an earlier key of the same operator in different letter case."""
    for statement in policy.statements:
        node = statement.get("Condition")
        for _, keys in node.pairs if node is not None else ():
            if len(keys.pairs) < 2:
                continue
            first_spellings: dict[str, str] = {}
            for key, _ in keys.pairs:
                first_spelling = first_spellings.setdefault(key.text.lower(), key.text)
                if first_spelling != key.text and not key.unresolved:
                    text = f"`{key.text}` and `{first_spelling}` are the same condition key, so IAM rejects the policy"
                    yield RuleViolation(key, text, help="put their values into one list")


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition":'
        ' {"StringEquals": {"aws:PrincipalTag/team": "a", "aws:PrincipalTag/part": "b"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition":'
        ' {"NumericLessThan": {"s3:max-keys": "9"}, "NumericGreaterThan": {"s3:max-keys": "1"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition":'
        ' {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:principalorgid": "o-0123456789"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition":'
        ' {"IpAddress": {"aws:SourceIp": "203.0.113.7", "aws:sourceIP": "203.0.113.8", "AWS:SourceIp": "192.0.2.1"}}}',
        codes=("DUPLICATE_KEYS_WITH_DIFFERENT_CASE", "DUPLICATE_KEYS_WITH_DIFFERENT_CASE"),
    ),
)
