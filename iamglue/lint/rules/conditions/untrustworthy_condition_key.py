"""A condition tests a value that the caller can set freely in the request.

`aws:Referer` and `aws:UserAgent` are HTTP headers: any client can send any value. They may keep ordinary browsers
away from images, but they do not identify the caller. Use keys that AWS sets: `aws:PrincipalArn`, `aws:SourceVpce`,
`aws:SourceAccount`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-referer
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-useragent
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType

RULE = Rule(Severity.SECURITY_WARNING, codes=("UNTRUSTWORTHY_CONDITION_KEY",))
_FORGEABLE = frozenset({"aws:referer", "aws:useragent"})


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report conditions on headers that the caller chooses."""
    for statement, condition in policy.conditions:
        # AWS services set the header themselves, as Amazon SES does with the account whose rule writes to a bucket.
        is_by_services = statement.principal is not None and statement.principal.names_only_services
        if condition.key.text.lower() in _FORGEABLE and not is_by_services:
            yield RuleViolation(
                condition.key,
                f"`{condition.key.text}` is a header that the caller can set to any value",
                help="use a key that AWS sets, such as `aws:PrincipalArn`, `aws:SourceVpce` or `aws:SourceAccount`",
            )


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-12345678"}}}'
    ),
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"}, "Action": "s3:PutObject",'
        ' "Resource": "arn:aws:s3:::mail/*", "Condition": {"StringEquals": {"aws:Referer": "123456789012"}}}',
        type=PolicyType.RESOURCE,
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"StringLike": {"aws:Referer": "https://example.com/*"}}}'
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"StringNotLike": {"aws:UserAgent": "curl/*"}}}'
    ),
)
