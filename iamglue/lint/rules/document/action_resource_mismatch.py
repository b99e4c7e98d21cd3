"""An action and the resources of its statement that never meet.

`s3:GetObject` acts on objects (`arn:aws:s3:::images/*`): on a bucket (`arn:aws:s3:::images`) it grants nothing, and
`s3:ListBucket` the other way round. An action that acts on no resource of its own (`s3:ListAllMyBuckets`) needs
`"Resource": "*"` and is never allowed, nor denied, in a statement that names ARNs alone. Nor does a resource do
anything in a statement none of whose actions can act on it.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.disjoint import find_unmatched
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

RULE = Rule(Severity.WARNING)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every action that meets no resource of its statement, else every resource that meets no action."""
    return find_unmatched(policy, sure=True)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"],'
        ' "Resource": ["arn:aws:s3:::images", "arn:aws:s3:::images/*"]}'
    ),
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images*"}'),
    RuleExample('{"Effect": "Allow", "Action": ["ec2:DescribeInstances", "s3:ListAllMyBuckets"], "Resource": "*"}'),
    RuleExample('{"Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "arn:aws:s3:::images"}'),
)
BAD = (
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images"}'),
    RuleExample('{"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::images/*"}'),
    RuleExample('{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "arn:aws:s3:::images"}'),
    RuleExample(
        '{"Effect": "Allow", "Action": "dynamodb:PutItem",'
        ' "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/exif/index/*"}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",'
        ' "Resource": ["arn:aws:s3:::images", "arn:aws:s3:::images/*"]}',
        type=PolicyType.RESOURCE,
    ),
)
