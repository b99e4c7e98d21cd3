"""A statement contains an element and its opposite, such as `Action` and `NotAction`.

A statement names what it applies to, or what it does not apply to. IAM rejects a statement with both. Keep one, or
write two statements.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.bare_statements import policy_statements
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

RULE = Rule(Severity.ERROR, codes=("UNSUPPORTED_ELEMENT_COMBINATION",))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report each element whose opposite is in the same statement."""
    names = ("Action", "Resource", "Principal") if policy.names_principals else ("Action", "Resource")
    for statement in policy_statements(policy):
        elements = statement.elements
        for name in names:
            if name in elements and f"Not{name}" in elements:
                message = f"`{name}` and `Not{name}` are both in this statement, which IAM rejects"
                yield RuleViolation(elements[f"Not{name}"][0], message, help="keep one, or write two statements")


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}'),
    RuleExample('{"Effect": "Deny", "NotAction": "s3:GetObject", "NotResource": "arn:aws:s3:::images/*"}'),
)
BAD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "NotAction": "s3:PutObject", "Resource": "*"}'),
    RuleExample(
        '{"Effect": "Deny", "Principal": "*", "NotPrincipal": {"AWS": "123456789012"}, "Action": "s3:*",'
        ' "Resource": "*"}',
        PolicyType.RESOURCE,
    ),
)
