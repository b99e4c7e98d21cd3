"""`ForAllValues:` is used with a single-valued condition key.

`ForAllValues:` also holds if the request does not carry the key: an Allow that is meant for one value also applies to
every request without a value. For a single-valued key, use the operator without a qualifier.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.catalog.condition_key_types import is_single_valued_key
from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.condition_edits import rename_operator
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(Severity.SECURITY_WARNING, codes=("FORALLVALUES_WITH_SINGLE_VALUED_KEY",))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report single-valued keys under `ForAllValues`."""
    for statement, condition in policy.conditions:
        operator = condition.operator
        if (
            operator is None
            or operator.quantifier != "ForAllValues"
            or operator.base == "Null"
            or condition.key.unresolved
        ):
            continue
        if not is_single_valued_key(condition.key.text):
            continue
        plain = str(replace(operator, quantifier=""))
        text = f"`{condition.key.text}` is single-valued, and `{operator}` also holds if the request does not carry it"
        # Not safe for a Deny, which would then apply to fewer requests.
        safe = statement.effect is Effect.ALLOW
        fix = build_fix(f"write `{plain}`", rename_operator(statement, condition, plain), safe=safe)
        yield RuleViolation(condition.key, text, help=f"write `{plain}`", fix=fix)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "codestar-connections:UseConnection", "Resource": "*",'
        ' "Condition": {"ForAllValues:StringEquals": {"codestar-connections:ProviderAction": "ListOwners"}}}'
    ),
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
