"""A resource-based policy has a condition on the owner of the resource that it is attached to.

The policy of a bucket applies to one bucket, whose owner is always the same: `s3:ResourceAccount` holds for every
request or for none. Use the key in identity-based policies, which may apply to many buckets.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

RULE = Rule(Severity.SUGGESTION, codes=("IRRELEVANT_CONDITION_KEY_IN_POLICY",), types=frozenset({PolicyType.RESOURCE}))
_NAMES = {
    "AWS::S3::Bucket": "bucket",
    "AWS::S3::BucketPolicy": "bucket",
    "AWS::S3::AccessPoint": "access point",
    "AWS::S3::MultiRegionAccessPoint": "Multi-Region Access Point",
    "AWS::S3ObjectLambda::AccessPoint": "Object Lambda Access Point",
}


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report `s3:ResourceAccount` in the policy of a bucket or access point."""
    name = _NAMES.get(policy.resource_type or "")
    if name is None:
        return
    for _, condition in policy.conditions:
        if condition.key.text.lower() == "s3:resourceaccount":
            yield RuleViolation(
                condition.key,
                f"`{condition.key.text}` has no effect in the policy of one {name}, whose owner is always the same",
                help="use this key in identity-based policies",
            )


_STATEMENT = (
    '{{"Effect": "Allow", "Principal": {{"AWS": "123456789012"}}, "Action": "s3:GetObject", "Resource":'
    ' "arn:aws:s3:::images/*", "Condition": {{"StringEquals": {{"{}": "123456789012"}}}}}}'
)
GOOD = (
    RuleExample(_STATEMENT.format("aws:PrincipalAccount"), type=PolicyType.RESOURCE, resource_type="AWS::S3::Bucket"),
    RuleExample(_STATEMENT.format("s3:ResourceAccount"), type=PolicyType.RESOURCE),
)
BAD = (
    RuleExample(_STATEMENT.format("s3:ResourceAccount"), type=PolicyType.RESOURCE, resource_type="AWS::S3::Bucket"),
    RuleExample(
        _STATEMENT.format("S3:resourceAccount"), type=PolicyType.RESOURCE, resource_type="AWS::S3::AccessPoint"
    ),
)
