"""The unique ID of a role or user as a principal, instead of its ARN.

AWS replaces the ARN of a role or user with its unique ID when it saves a policy, and shows the ARN again later. An ID
in a policy usually means that the role or user was deleted. A new role or user with the same name has another ID, so
the policy does not apply to it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import RESOURCE_BASED_TYPES, Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

RULE = Rule(Severity.WARNING, codes=("INVALID_ROLE_REFERENCE", "INVALID_USER_REFERENCE"), types=RESOURCE_BASED_TYPES)

_UNIQUE_ID = re.compile(r"A(ROA|IDA)[A-Z0-9]{12,}")


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find unique IDs under AWS."""
    for _, principal in policy.principals:
        text = principal.value.text
        match = _UNIQUE_ID.fullmatch(text) if principal.kind == "AWS" else None
        if match:
            kind = "role" if match[1] == "ROA" else "user"
            yield RuleViolation(
                principal.value,
                f"`{text}` is the unique ID of a {kind}, which may have been deleted",
                help=f"write the ARN, `arn:aws:iam::ACCOUNT:{kind}/NAME`",
                code="INVALID_ROLE_REFERENCE" if kind == "role" else "INVALID_USER_REFERENCE",
            )


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/reader"},'
        ' "Action": "sts:AssumeRole"}',
        PolicyType.TRUST,
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}', PolicyType.TRUST
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Principal": {"AWS": "AROAEXAMPLE1234567890"}, "Action": "sts:AssumeRole"}',
        PolicyType.TRUST,
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"AWS": ["AIDAEXAMPLE1234567890"]}, "Action": "sqs:SendMessage",'
        ' "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs"}',
        PolicyType.RESOURCE,
        codes=("INVALID_USER_REFERENCE",),
    ),
)
