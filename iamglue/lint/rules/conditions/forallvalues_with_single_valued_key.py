"""`ForAllValues:` on a condition key that has one value at most.

`ForAllValues:` holds where the request does not carry the key at all: an Allow that is meant for one value also applies
to every request without any. For a key of one value the operator alone says what is meant.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.catalog.key_types import is_multivalued, key_type
from iamglue.findings import Severity, fix
from iamglue.lint.analysis.condition_edits import renamed_operator
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import WrittenPolicy

RULE = Rule(Severity.SECURITY_WARNING, codes=("FORALLVALUES_WITH_SINGLE_VALUED_KEY",))


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every key of one value under ForAllValues."""
    for statement, condition in policy.conditions:
        named = condition.operator
        if named is None or named.quantifier != "ForAllValues" or named.base == "Null" or condition.key.holes:
            continue
        kind = key_type(condition.key.text)
        if kind is None or is_multivalued(kind):
            continue
        plain = str(replace(named, quantifier=""))
        text = f"`{condition.key.text}` has one value, and `{named}` also holds where it has none"
        # A Deny would apply to fewer requests.
        safe = statement.effect is Effect.ALLOW
        right = fix(f"write `{plain}`", renamed_operator(statement, condition, plain), safe=safe)
        yield Hit(condition.key, text, help=f"write `{plain}`", fix=right)


GOOD = (
    Case(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}}'
    ),
    Case(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"ForAnyValue:StringEquals": {"aws:PrincipalAccount": "123456789012"}}}'
    ),
)
BAD = (
    Case(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}',
    ),
    Case(
        '{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"ForAllValues:ArnLikeIfExists": {"aws:SourceArn": "arn:aws:s3:::images"}}}'
    ),
)
