"""A condition key is not sufficient without a second key in the same statement.

`aws:VpcSourceIp` is a private address, and any VPC in the world may use the same address: without `aws:SourceVpc`,
`aws:SourceVpce` or `aws:SourceVpcArn` in the same statement, anyone can create a VPC whose addresses match.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-vpcsourceip
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(Severity.SECURITY_WARNING, codes=("MISSING_PAIRED_CONDITION_KEYS",))
_KEY = "aws:vpcsourceip"
_VPC_KEYS = frozenset({"aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn"})


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report `aws:VpcSourceIp` in statements that do not test the VPC."""
    for statement, condition in policy.conditions:
        if condition.key.text.lower() != _KEY:
            continue
        if not any(sibling.key.text.lower() in _VPC_KEYS for sibling in statement.conditions):
            yield RuleViolation(
                condition.key,
                f"`{condition.key.text}` alone matches requests from every VPC that uses these addresses",
                help="add `aws:SourceVpc` or `aws:SourceVpce` to the same statement",
            )


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"IpAddress":'
        ' {"aws:VpcSourceIp": "10.0.0.0/16"}, "StringEquals": {"aws:SourceVpc": "vpc-12345678"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}}}'
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"NotIpAddress": {"AWS:vpcSourceIp": "10.0.0.0/16"}}}'
    ),
)
