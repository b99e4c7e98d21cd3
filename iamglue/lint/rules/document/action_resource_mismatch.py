"""An action that applies to no resource of its statement, or a resource that no action of the statement applies to.

`s3:GetObject` applies to objects (`arn:aws:s3:::images/*`). On a bucket (`arn:aws:s3:::images`) it grants nothing, and
`s3:ListBucket` grants nothing on objects. An action without a resource type (`s3:ListAllMyBuckets`) needs `"Resource":
"*"`: in a statement that lists only ARNs it is never allowed or denied. A resource has no effect in a statement if none
of the statement's actions applies to it.

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
    """Find actions that match no resource of their statement; if there are none, resources that match no action."""
    return find_unmatched(policy, reliable=True)


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
