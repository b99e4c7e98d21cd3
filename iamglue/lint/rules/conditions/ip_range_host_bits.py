"""A range of IP addresses whose address has bits behind the mask.

`203.0.113.7/24` is read as `203.0.113.0/24`: all of the range, not the one address. If one address is meant, leave
the mask out; if the range is, write where it begins.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, fix
from iamglue.lint.analysis.addresses import OPERATORS, network
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.parsed_policy import WrittenPolicy
from iamglue.policy.source.edits import rewritten

RULE = Rule(Severity.SUGGESTION, codes=("IMPROVE_IP_RANGE",))


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every range that does not begin where it is written."""
    for _, condition in policy.conditions:
        named = condition.operator
        if named is None or named.base not in OPERATORS:
            continue
        for value in condition.values:
            if value.holes or "/" not in value.text:
                continue
            found = network(value.text)
            if found is not None and network(value.text.partition("/")[0]) != network(str(found.network_address)):
                text = f"`{value.text}` is read as `{found}`: the bits behind the mask do not count"
                right = fix(f"write `{found}`", rewritten(value, str(found)), safe=True)
                yield Hit(value, text, help=f"write `{found}`, or leave the mask out", fix=right)


GOOD = (
    Case(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.7", "203.0.113.0/24", "203.0.113.7/32"]}}}'
    ),
    Case(
        '{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"NotIpAddress": {"aws:SourceIp": ["2001:DB8:0::/32", "0.0.0.0/0"]}}}'
    ),
)
BAD = (
    Case(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.7/24"]}}}',
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}}',
    ),
    Case(
        '{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"NotIpAddress": {"aws:SourceIp": "2001:db8::7/64"}}}',
        fixed='{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"NotIpAddress": {"aws:SourceIp": "2001:db8::/64"}}}',
    ),
)
