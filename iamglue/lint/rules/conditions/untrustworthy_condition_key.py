"""A condition on something that the caller writes into the request at will.

`aws:Referer` and `aws:UserAgent` are headers of HTTP: any client can send any value. They may keep honest browsers
away from pictures, but they do not tell who is calling. Use keys that AWS fills in: `aws:PrincipalArn`,
`aws:SourceVpce`, `aws:SourceAccount`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-referer
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-useragent
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.parsed_policy import WrittenPolicy

RULE = Rule(Severity.SECURITY_WARNING, codes=("UNTRUSTWORTHY_CONDITION_KEY",))
_FORGEABLE = frozenset({"aws:referer", "aws:useragent"})


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every condition on a header that the caller chooses."""
    for _, condition in policy.conditions:
        if condition.key.text.lower() in _FORGEABLE:
            yield Hit(
                condition.key,
                f"the caller can give `{condition.key.text}` any value",
                help="use a key that AWS fills in, such as `aws:PrincipalArn`, `aws:SourceVpce` or `aws:SourceAccount`",
            )


GOOD = (
    Case(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-12345678"}}}'
    ),
    Case('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'),
)
BAD = (
    Case(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"StringLike": {"aws:Referer": "https://example.com/*"}}}'
    ),
    Case(
        '{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"StringNotLike": {"aws:UserAgent": "curl/*"}}}'
    ),
)
