"""An IP address range has host bits set: it is not written with its first address.

IAM reads `203.0.113.7/24` as `203.0.113.0/24`: the whole range, not the one address. If you mean one address, remove
the mask. If you mean the range, write its first address.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.ip_ranges import parse_network
from iamglue.lint.analysis.ip_values import ip_values
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.source.edits import replace_scalar

RULE = Rule(Severity.SUGGESTION, codes=("IMPROVE_IP_RANGE",))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report ranges that are not written with their first address."""
    for _, value in ip_values(policy):
        address, slash, _ = value.text.partition("/")
        network = parse_network(value.text) if slash else None
        if network is not None and parse_network(address) != parse_network(str(network.network_address)):
            text = f"`{value.text}` means `{network}`: IAM ignores the bits after the mask"
            fix = build_fix(f"write `{network}`", replace_scalar(value, str(network)), safe=True)
            yield RuleViolation(value, text, help=f"write `{network}`, or remove the mask", fix=fix)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.7", "203.0.113.0/24", "203.0.113.7/32"]}}}'
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"NotIpAddress": {"aws:SourceIp": ["2001:DB8:0::/32", "0.0.0.0/0"]}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.7/24"]}}}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}}',
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"NotIpAddress": {"aws:SourceIp": "2001:db8::7/64"}}}',
        fixed='{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"NotIpAddress": {"aws:SourceIp": "2001:db8::/64"}}}',
    ),
)
