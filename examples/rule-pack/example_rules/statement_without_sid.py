"""A statement has no Sid.

Our reviews and alerts refer to statements by their Sid.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.rules import ParsedPolicy, Rule, RuleExample, RuleViolation, Severity

RULE = Rule(Severity.SUGGESTION)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report statements without a Sid."""
    for statement in policy.statements:
        if statement.sid is None:
            yield RuleViolation(statement.node, "the statement has no Sid", help="give it a short name")


GOOD = (RuleExample('{"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'),)
BAD = (RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'),)
