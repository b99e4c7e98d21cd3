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
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(Severity.SECURITY_WARNING, codes=("UNTRUSTWORTHY_CONDITION_KEY",))
_FORGEABLE = frozenset({"aws:referer", "aws:useragent"})


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report conditions on headers that the caller chooses."""
    for _, condition in policy.conditions:
        if condition.key.text.lower() in _FORGEABLE:
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
