"""All values of `aws:SourceIp` are private addresses, but the key is always a public address.

A request over the internet comes from a public address, and a request through a VPC endpoint does not carry the key.
So `IpAddress` never holds here, `NotIpAddress` always holds, and `IpAddressIfExists` holds only without the key. For
addresses in a VPC, use `aws:VpcSourceIp`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.ip_ranges import IP_OPERATORS, is_private_range
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.parsed_values import ParsedCondition

RULE = Rule(Severity.ERROR, codes=("PRIVATE_IP_ADDRESS", "PRIVATE_NOT_IP_ADDRESS"))
VPC_SOURCE_IP_HELP = "for private addresses, use `aws:VpcSourceIp` together with `aws:SourceVpc`"
_KEY = "aws:sourceip"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report each `aws:SourceIp` whose values are all private."""
    for _, condition in policy.conditions:
        if compares_source_ip(condition) and all(are_values_private(condition)):
            negated = condition.operator is not None and condition.operator.base == "NotIpAddress"
            code = "PRIVATE_NOT_IP_ADDRESS" if negated else "PRIVATE_IP_ADDRESS"
            outcome = _outcome(condition, negated=negated)
            text = f"`{condition.key.text}` is always a public address, but all values are private: {outcome}"
            yield RuleViolation(condition.node, text, help=VPC_SOURCE_IP_HELP, code=code)


def _outcome(condition: ParsedCondition, *, negated: bool) -> str:
    """When the condition holds: the result is the same for all requests with the key."""
    from iamglue.engine.evaluate.conditions import condition_test  # noqa: PLC0415 - startup: only for such conditions

    without_key = condition_test(condition.to_condition(), variables=False)({})
    if without_key is None:  # AWS does not document the result
        return f"the condition holds for {'every' if negated else 'no'} request that has the key"
    if without_key is negated:
        return f"the condition {'always' if negated else 'never'} holds"
    return f"the condition holds only for requests {'with' if negated else 'without'} the key"


def compares_source_ip(condition: ParsedCondition) -> bool:
    """Return whether the condition compares `aws:SourceIp` with values that are all known address ranges."""
    operator = condition.operator
    if operator is None or operator.base not in IP_OPERATORS or condition.key.text.lower() != _KEY:
        return False
    is_known = condition.is_resolved and bool(condition.values)
    return is_known and not any(value.unresolved or is_private_range(value.text) is None for value in condition.values)


def are_values_private(condition: ParsedCondition) -> tuple[bool, ...]:
    """Return for each value whether it is private."""
    return tuple(bool(is_private_range(value.text)) for value in condition.values)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "10.0.0.0/8"]}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.168.1.7"]}}}',
        codes=("PRIVATE_IP_ADDRESS",),
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"NotIpAddress": {"aws:SourceIp": "172.20.0.0/16"}}}',
        codes=("PRIVATE_NOT_IP_ADDRESS",),
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddressIfExists": {"aws:SourceIp": "10.0.0.0/8"}}}',
        codes=("PRIVATE_IP_ADDRESS",),
    ),
)
