"""A condition excludes values of `s3:prefix`, but a caller bypasses it with a shorter prefix.

`s3:prefix` is the prefix in the list request, not the key of each object. A Deny for `private/*` does not stop a
caller who lists with the prefix `priv`, or without a prefix, from seeing the names under `private/`. Name the
prefixes that may be listed instead: an Allow with `StringLike`, or a Deny with `StringNotLike`.

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
    """Report conditions that name the prefixes to exclude instead of the prefixes that may be listed."""
    for statement, condition in policy.conditions:
        operator = condition.operator
        if condition.key.text.lower() != "s3:prefix" or operator is None or not operator.base.startswith("String"):
            continue
        if statement.effect is not None and is_negated_operator(operator) == (statement.effect is Effect.ALLOW):
            yield RuleViolation(
                condition.key,
                f"`{condition.key.text}` excludes prefixes, but a request with a shorter prefix lists their names",
                help="name the prefixes that may be listed: Allow with `StringLike`, or Deny with `StringNotLike`",
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
