"""Principals of an organization outside the zone of trust may use the resource, or assume the role.

The zone of trust is what `--trust` names: account IDs, organization IDs, paths of an organization, and `self`. The rule
runs only with that option, and reports access for other organizations than those.

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
_HELP = "add the organization with `--trust` if you trust it, or take it out of the policy"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find such access, if the user names a zone of trust."""
    yield from external_violations(policy, ExternalAccessKind.CROSS_ORGANIZATION, _TEXT, _HELP)


def _example(condition: str) -> str:
    """An example: a statement of a queue's policy for everyone who meets the condition."""
    return (
        '{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage",'
        f' "Resource": "arn:aws:sqs:us-east-2:111122223333:jobs", "Condition": {condition}}}'
    )


_OWN = '{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}'
_OTHER = '{"StringEquals": {"aws:PrincipalOrgID": "o-z9y8x7w6v5"}}'
GOOD = (
    RuleExample(_example(_OWN), PolicyType.RESOURCE, trust=("o-a1b2c3d4e5",)),
    RuleExample(_example(_OTHER), PolicyType.RESOURCE),
)
BAD = (
    RuleExample(_example(_OTHER), PolicyType.RESOURCE, codes=("",), trust=("o-a1b2c3d4e5",)),
    RuleExample(_example(_OTHER), PolicyType.RESOURCE, codes=("",), trust=("111122223333", "o-a1b2c3d4e5/r-ab12/")),
)
