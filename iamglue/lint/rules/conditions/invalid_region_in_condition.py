"""A condition value is not a valid AWS Region.

No request is for a Region that does not exist, so the condition never holds, or always holds if the operator is
negated. Regions that AWS has only announced are also accepted.

https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.regions import is_region, nearest_region
from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.patterns.wildcards import has_wildcard
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node

RULE = Rule(Severity.ERROR, codes=("INVALID_REGION",))
_KEYS = frozenset({"aws:requestedregion", "ec2:region"})


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report values of Region keys that are not Regions."""
    for _, condition in policy.conditions:
        operator = condition.operator
        if condition.key.text.lower() not in _KEYS or operator is None or not operator.base.startswith("String"):
            continue
        ignores_case = operator.base.endswith("IgnoreCase")
        for value in condition.values:
            text = value.text.lower() if ignores_case else value.text
            if not value.unresolved and "${" not in text and not has_wildcard(text) and not is_region(text):
                yield _region_violation(value)


def _region_violation(value: Node) -> RuleViolation:
    """The violation of an unknown Region, with the nearest known one."""
    message = f"`{value.text}` is not a valid AWS Region"
    suggestion = nearest_region(value.text)
    if suggestion is None:
        return RuleViolation(value, message, help="write a Region such as `eu-west-1`")
    return RuleViolation(
        value,
        message,
        help=f"did you mean `{suggestion}`?",
        fix=build_fix(f"write `{suggestion}`", replace_scalar(value, suggestion)),
    )


GOOD = (
    RuleExample(
        '{"Effect": "Deny", "Action": "*", "Resource": "*",'
        ' "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-gov-east-1", "cn-north-1"]}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:*", "Resource": "*",'
        ' "Condition": {"StringLike": {"aws:RequestedRegion": "eu-*"}, "Null": {"ec2:Region": "false"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:*", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:RequestedRegion": ["eu-wset-1", "us-east-1"]}}}',
        fixed='{"Effect": "Allow", "Action": "ec2:*", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}}',
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "*", "Resource": "*",'
        ' "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["us-east-9", "us-east-3"]}}}',
        codes=("INVALID_REGION", "INVALID_REGION"),
    ),
)
