"""`ForAllValues:` on a condition key that has one value at most.

`ForAllValues:` holds where the request does not carry the key at all: an Allow that is meant for one value also applies
to every request without any. For a key of one value the operator alone says what is meant.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.catalog.condition_key_types import condition_key_type, is_multivalued_type
from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.condition_edits import rename_operator
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(Severity.SECURITY_WARNING, codes=("FORALLVALUES_WITH_SINGLE_VALUED_KEY",))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every key of one value under ForAllValues."""
    for statement, condition in policy.conditions:
        named = condition.operator
        if named is None or named.quantifier != "ForAllValues" or named.base == "Null" or condition.key.unresolved:
            continue
        kind = condition_key_type(condition.key.text)
        if kind is None or is_multivalued_type(kind):
            continue
        plain = str(replace(named, quantifier=""))
        text = f"`{condition.key.text}` has one value, and `{named}` also holds where it has none"
        # A Deny would apply to fewer requests.
        safe = statement.effect is Effect.ALLOW
        right = build_fix(f"write `{plain}`", rename_operator(statement, condition, plain), safe=safe)
        yield RuleViolation(condition.key, text, help=f"write `{plain}`", fix=right)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"ForAnyValue:StringEquals": {"aws:PrincipalAccount": "123456789012"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}',
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"ForAllValues:ArnLikeIfExists": {"aws:SourceArn": "arn:aws:s3:::images"}}}'
    ),
)
