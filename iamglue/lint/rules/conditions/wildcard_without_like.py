"""A condition value has a `*` or `?`, but the operator does not support wildcards.

`StringEquals` compares character by character: `admin-*` matches only a value that ends in an asterisk. For a
wildcard write `StringLike`. `ArnEquals` does not need this change: it supports wildcards as `ArnLike` does.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.condition_edits import rename_operator
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.patterns.variables import TokenKind, tokenize

RULE = Rule(Severity.WARNING, codes=("WILDCARD_WITHOUT_LIKE_OPERATOR",))
_WILDCARD = re.compile(r"[*?]")
_LIKE_EQUIVALENTS = {
    "StringEquals": "StringLike",
    "StringNotEquals": "StringNotLike",
    "StringEqualsIgnoreCase": None,
    "StringNotEqualsIgnoreCase": None,
}


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report values with a wildcard under an operator that does not support wildcards."""
    for statement, condition in policy.conditions:
        operator = condition.operator
        if operator is None or operator.base not in _LIKE_EQUIVALENTS:
            continue
        for value in condition.values:
            if not _WILDCARD.search(value.text) or not _is_outside_variables(value.text):
                continue
            base = _LIKE_EQUIVALENTS[operator.base]
            text = f"`{operator}` does not support wildcards: it compares `{value.text}` literally"
            if base is None:
                yield RuleViolation(
                    value, text, help="only Like operators support wildcards, and they are case-sensitive"
                )
                continue
            replacement = str(replace(operator, base=base))
            fix = build_fix(f"write `{replacement}`", rename_operator(statement, condition, replacement))
            yield RuleViolation(value, text, help=f"if you mean a wildcard, write `{replacement}`", fix=fix)


def _is_outside_variables(text: str) -> bool:
    """Return whether a wildcard is outside variables and escapes such as `${*}`."""
    return any(token.kind is TokenKind.LITERAL and _WILDCARD.search(token.text) for token in tokenize(text))


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*",'
        ' "Condition": {"StringLike": {"s3:prefix": "in/*"}, "StringEquals": {"aws:PrincipalTag/a": "${*}"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*",'
        ' "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::images-*"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*",'
        ' "Condition": {"StringEquals": {"s3:prefix": ["in/*", "out/"]}}}',
        fixed='{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*",'
        ' "Condition": {"StringLike": {"s3:prefix": ["in/*", "out/"]}}}',
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"StringNotEqualsIgnoreCase": {"aws:PrincipalTag/team": "blue?"}}}'
    ),
)
