"""`s3:prefix` used to keep prefixes from being listed, which a shorter prefix gets round.

The key is the prefix that the caller asks for, not that of each object. A Deny for `private/*` does not stop a caller
who lists with the prefix `priv`, or with none, from seeing the names under `private/`. Name the prefixes that may be
listed instead: an Allow with `StringLike`, or a Deny with `StringNotLike`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.required_key import is_negated_operator
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy

RULE = Rule(Severity.SECURITY_WARNING, codes=("S3_PREFIX_IN_NEGATIVE_CONTEXT",))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every condition that names prefixes which are not to be listed."""
    for statement, condition in policy.conditions:
        named = condition.operator
        if condition.key.text.lower() != "s3:prefix" or named is None or not named.base.startswith("String"):
            continue
        if statement.effect is not None and is_negated_operator(named) == (statement.effect is Effect.ALLOW):
            yield RuleViolation(
                condition.key,
                f"`{condition.key.text}` excludes prefixes here, and a request with a shorter prefix lists them still",
                help="name what may be listed: Allow with `StringLike`, or Deny with `StringNotLike`",
            )


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::images",'
        ' "Condition": {"StringLike": {"s3:prefix": "in/*"}}}'
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::images",'
        ' "Condition": {"StringNotLike": {"s3:prefix": "in/*"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::images",'
        ' "Condition": {"StringLike": {"s3:prefix": "private/*"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::images",'
        ' "Condition": {"StringNotLike": {"s3:prefix": "private/*"}}}'
    ),
)
