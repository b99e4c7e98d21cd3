"""Access that may come from outside the zone of trust: the policy does not say whose the callers are.

A network (`aws:SourceIp`, `aws:SourceVpce`), a canonical user ID, an identity provider or an account ID that is known
only at deployment does not say which account the caller is of. The zone of trust is what `--trust` names; the rule runs
only with that option.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.external_grants import external_violations
from iamglue.lint.rule import RESOURCE_BASED_TYPES, Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.risk.external_access import ExternalAccessKind

RULE = Rule(Severity.WARNING, types=RESOURCE_BASED_TYPES)

_TEXT = "access that may be from outside the zone of trust: {who} may call {request}"
_HELP = "limit the statement to trusted callers, such as by `aws:PrincipalOrgID` or `aws:PrincipalAccount`"


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find such access, if the user names a zone of trust."""
    yield from external_violations(policy, ExternalAccessKind.UNKNOWN, _TEXT, _HELP)


def _example(condition: str) -> str:
    """An example: a statement of a queue's policy for everyone who meets the condition."""
    return (
        '{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage",'
        f' "Resource": "arn:aws:sqs:us-east-2:111122223333:jobs", "Condition": {condition}}}'
    )


_ENDPOINT = '{"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}'
_ENDPOINT_OF_OWN = '{"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d", "aws:PrincipalAccount": "111122223333"}}'
GOOD = (
    RuleExample(_example(_ENDPOINT_OF_OWN), PolicyType.RESOURCE, trust=("111122223333",)),
    RuleExample(_example(_ENDPOINT), PolicyType.RESOURCE),
)
BAD = (
    RuleExample(_example(_ENDPOINT), PolicyType.RESOURCE, codes=("",), trust=("111122223333",)),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/example"},'
        ' "Action": "sts:AssumeRoleWithSAML"}',
        PolicyType.TRUST,
        codes=("",),
        trust=("111122223333",),
    ),
)
