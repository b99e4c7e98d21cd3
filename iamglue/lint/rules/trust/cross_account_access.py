"""A principal of an account outside the zone of trust may use the resource, or assume the role.

The zone of trust is what `--trust` names: account IDs, organization IDs, paths of an organization, and `self`. The rule
runs only with that option. An account is inside an organization only if a condition on `aws:PrincipalOrgID` says so.
With a zone of accounts, access for a whole organization is cross-account access as well.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.external_grants import external_violations
from iamglue.lint.rule import RESOURCE_BASED_TYPES, Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.risk.external_access import ExternalAccessKind

RULE = Rule(Severity.SECURITY_WARNING, types=RESOURCE_BASED_TYPES)

_TEXT = "access from outside the zone of trust: {who} may call {request}"
_HELP = "add the account with `--trust` if you trust it, or take it out of the policy"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find such access, if the user names a zone of trust."""
    yield from external_violations(policy, ExternalAccessKind.CROSS_ACCOUNT, _TEXT, _HELP)


def _example(principal: str) -> str:
    """An example: a statement of a queue's policy for a principal, in JSON."""
    return (
        f'{{"Effect": "Allow", "Principal": {principal}, "Action": "sqs:SendMessage",'
        ' "Resource": "arn:aws:sqs:us-east-2:111122223333:jobs"}'
    )


GOOD = (
    RuleExample(
        _example('{"AWS": "arn:aws:iam::111122223333:role/app"}'), PolicyType.RESOURCE, trust=("111122223333",)
    ),
    RuleExample(_example('{"Service": "sns.amazonaws.com"}'), PolicyType.RESOURCE, trust=("self",)),
    RuleExample(_example('{"AWS": "444455556666"}'), PolicyType.RESOURCE),
)
BAD = (
    RuleExample(_example('{"AWS": "444455556666"}'), PolicyType.RESOURCE, codes=("",), trust=("self",)),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}, "Action": "sts:AssumeRole"}',
        PolicyType.TRUST,
        codes=("",),
        trust=("111122223333",),
    ),
)
