"""A condition value is not a valid IP address or address range.

Such a condition never holds. Write an address, `203.0.113.7` or `2001:db8::7`, or a range in CIDR notation,
`203.0.113.0/24`. Wildcards are not valid in addresses.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.ip_ranges import parse_network
from iamglue.lint.analysis.ip_values import ip_values
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(Severity.ERROR, codes=("TYPE_MISMATCH_IP_RANGE",))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report values of IP address operators that are not an address or a range."""
    for operator, value in ip_values(policy):
        if "${" not in value.text and parse_network(value.text) is None:
            text = f"`{value.text}` is not a valid IP address or range, but `{operator}` requires one"
            yield RuleViolation(
                value, text, help="write an address, or a range in CIDR notation such as `203.0.113.0/24`"
            )


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.7", "203.0.113.0/24", "0.0.0.0/0"]}}}'
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"NotIpAddress": {"aws:SourceIp": ["2001:db8::/32", "2001:DB8::7"]}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/33", "203.0.113.*"]}}}',
        codes=("TYPE_MISMATCH_IP_RANGE", "TYPE_MISMATCH_IP_RANGE"),
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"NotIpAddress": {"aws:SourceIp": "office"}}}'
    ),
)
