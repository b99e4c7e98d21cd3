"""A range of IP addresses whose address has bits behind the mask.

`203.0.113.7/24` is read as `203.0.113.0/24`: all of the range, not the one address. If one address is meant, leave
the mask out; if the range is, write where it begins.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.ip_ranges import IP_OPERATORS, parse_network
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.source.edits import replace_scalar

RULE = Rule(Severity.SUGGESTION, codes=("IMPROVE_IP_RANGE",))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every range that does not begin where it is written."""
    for _, condition in policy.conditions:
        named = condition.operator
        if named is None or named.base not in IP_OPERATORS:
            continue
        for value in condition.values:
            if value.unresolved or "/" not in value.text:
                continue
            found = parse_network(value.text)
            if found is not None and parse_network(value.text.partition("/")[0]) != parse_network(
                str(found.network_address)
            ):
                text = f"`{value.text}` is read as `{found}`: the bits behind the mask do not count"
                right = build_fix(f"write `{found}`", replace_scalar(value, str(found)), safe=True)
                yield RuleViolation(value, text, help=f"write `{found}`, or leave the mask out", fix=right)


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
