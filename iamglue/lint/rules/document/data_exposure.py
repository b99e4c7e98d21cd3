"""What is stored can be read, whichever it is: an action that reads data is allowed on every resource of its type.

Whoever gets hold of the credentials reads all of it: objects, items, secrets, messages. Name the bucket, table or
secret. For `kms:Decrypt`, name the key, or limit the service with the condition key `kms:ViaService`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.sensitive_actions import data_actions
from iamglue.findings import Severity
from iamglue.lint.analysis.sensitive_grants import exposures
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.parsed_policy import PolicyType, WrittenPolicy

RULE = Rule(Severity.WARNING, types=frozenset({PolicyType.IDENTITY}), breadth=True)


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every Action that reads data on every resource."""
    yield from exposures(policy, data_actions(), "reads")


GOOD = (
    Case('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}'),
    Case(
        '{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},'
        ' {"Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}]}'
    ),
    Case(
        '{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",'
        ' "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}}'
    ),
)
BAD = (
    Case('{"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::*"}'),
    Case('{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}'),
    Case('{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "arn:aws:dynamodb:*:*:table/*"}'),
)
