"""Actions that another action in the same list covers.

`iam:GetRole` together with `iam:Get*` adds nothing. It hides what the statement really allows and counts towards the
size limit of the policy. An action that is covered only partly (`iam:*Role` together with `iam:Get*`) is not redundant.
If only the specific actions are intended, remove the wildcard instead.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.covered_values import CoveredValues
from iamglue.lint.analysis.redundant_values import redundant_value_violations
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.parsed_values import ParsedMatchList
from iamglue.policy.patterns.wildcards import covers

RULE = Rule(Severity.SUGGESTION, codes=("REDUNDANT_ACTION",), form=True)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find actions that another value of the same list covers."""
    for statement in policy.statements:
        element = statement.action
        if element is not None and len(element.values) > 1:
            yield from _redundant_values(element)


def _redundant_values(element: ParsedMatchList) -> Iterator[RuleViolation]:
    """Yield the actions that another one of the element covers, whatever their case."""
    if not element.wildcards and len(set(element.lowercase)) == len(element.lowercase):
        return
    coverage = CoveredValues(zip(element.values, element.lowercase, strict=True), covers)
    yield from redundant_value_violations(element, coverage.find_covered(), ignore_case=True)


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": ["iam:Get*", "iam:List*", "iam:*CredentialReport"], "Resource": "*"}'),
    RuleExample(
        '{"Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjectVersion"], "Resource": "arn:aws:s3:::a/*"}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": ["iam:Get*", "iam:List*", "iam:GetCredentialReport"], "Resource": "*"}',
        fixed='{"Effect": "Allow", "Action": ["iam:Get*", "iam:List*"], "Resource": "*"}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": ["s3:getobject", "s3:*"], "Resource": "arn:aws:s3:::a/*"}',
        fixed='{"Effect": "Allow", "Action": ["s3:*"], "Resource": "arn:aws:s3:::a/*"}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:SendMessage"], "Resource": "*"}',
        fixed='{"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": "*"}',
    ),
)
