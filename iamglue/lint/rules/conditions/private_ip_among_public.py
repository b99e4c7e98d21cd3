"""Some values of `aws:SourceIp` are private addresses, but the key is always a public address.

The private addresses have no effect. For addresses in a VPC, use `aws:VpcSourceIp`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.lint.rules.conditions.private_source_ip import VPC_SOURCE_IP_HELP, are_values_private, compares_source_ip
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(Severity.SUGGESTION, codes=("PRIVATE_IP_ADDRESS_SUBSET", "PRIVATE_NOT_IP_ADDRESS_SUBSET"))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report each `aws:SourceIp` with both private and public values."""
    for _, condition in policy.conditions:
        if not compares_source_ip(condition):
            continue
        private = are_values_private(condition)
        if any(private) and not all(private):
            negated = condition.operator is not None and condition.operator.base == "NotIpAddress"
            code = "PRIVATE_NOT_IP_ADDRESS_SUBSET" if negated else "PRIVATE_IP_ADDRESS_SUBSET"
            first = condition.values[private.index(True)]
            text = f"`{first.text}` has no effect: `{condition.key.text}` is always a public address"
            yield RuleViolation(first, text, help=VPC_SOURCE_IP_HELP, code=code)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.168.1.7"]}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "10.0.0.0/8", "10.1.0.0/16"]}}}',
        codes=("PRIVATE_IP_ADDRESS_SUBSET",),
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"NotIpAddress": {"aws:SourceIp": ["172.20.0.0/16", "203.0.113.7"]}}}',
        codes=("PRIVATE_NOT_IP_ADDRESS_SUBSET",),
    ),
)
