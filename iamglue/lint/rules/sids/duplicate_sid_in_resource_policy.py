"""Two statements of a resource-based policy have the same Sid.

Some services accept such a policy, but the Sid then does not identify the statement in messages and tools. A Sid does
not affect permissions: the fix adds numbers to the later Sids.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.lint.rules.sids.duplicate_sid import find_duplicate_sids
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

RULE = Rule(Severity.WARNING, codes=("UNIQUE_SIDS_RECOMMENDED",), types=frozenset({PolicyType.RESOURCE}))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report each Sid that an earlier statement has."""
    for node, first, fix in find_duplicate_sids(policy):
        yield RuleViolation(node, f"the Sid `{node.text}` is already used on line {first.line}", fix=fix)


def _policy_with_sids(first: str, second: str) -> str:
    """An example: a policy with two statements of these Sids."""
    sids = ((first, "s3:GetObject"), (second, "s3:PutObject"))
    statements = (
        f'{{"Sid": "{sid}", "Effect": "Deny", "Principal": "*", "Action": "{action}", "Resource": "*"}}'
        for sid, action in sids
    )
    return f'{{"Version": "2012-10-17", "Statement": [{", ".join(statements)}]}}'


GOOD = (
    RuleExample(_policy_with_sids("No reading", "No writing"), PolicyType.RESOURCE),
    RuleExample(_policy_with_sids("", ""), PolicyType.RESOURCE),
)
BAD = (
    RuleExample(_policy_with_sids("Mine", "Mine"), PolicyType.RESOURCE, fixed=_policy_with_sids("Mine", "Mine2")),
    RuleExample(_policy_with_sids("no", "no"), PolicyType.RESOURCE, fixed=_policy_with_sids("no", "no2")),
)
