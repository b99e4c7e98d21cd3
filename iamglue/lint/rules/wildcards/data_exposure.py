"""An action that reads data is allowed on every resource of its type.

Anyone who obtains the credentials can read all of the data: objects, items, secrets, messages. Name the bucket, table
or secret. For `kms:Decrypt`, name the key, or limit the service with the condition key `kms:ViaService`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.sensitive_actions import data_read_actions
from iamglue.findings import Severity
from iamglue.lint.analysis.sensitive_violations import exposed_action_violations
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

RULE = Rule(Severity.WARNING, types=frozenset({PolicyType.IDENTITY}), breadth=True)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find Action elements that read data of every resource."""
    yield from exposed_action_violations(policy, data_read_actions, "read")


GOOD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}'),
    RuleExample(
        '{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},'
        ' {"Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}]}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",'
        ' "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}}'
    ),
)
BAD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::*"}'),
    RuleExample('{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}'),
    RuleExample('{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "arn:aws:dynamodb:*:*:table/*"}'),
)
