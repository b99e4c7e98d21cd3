"""A `*` or `?` in a condition value under an operator that takes it as the character itself.

`StringEquals` compares character by character: `admin-*` matches only a text that ends in a star. For a wildcard
write `StringLike`. `ArnEquals` needs no such change, it takes wildcards as `ArnLike` does.

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
_LIKE = {
    "StringEquals": "StringLike",
    "StringNotEquals": "StringNotLike",
    "StringEqualsIgnoreCase": None,
    "StringNotEqualsIgnoreCase": None,
}


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every value with a wildcard under an operator that has none."""
    for statement, condition in policy.conditions:
        named = condition.operator
        if named is None or named.base not in _LIKE:
            continue
        for value in condition.values:
            if not _WILDCARD.search(value.text) or not _is_outside_variables(value.text):
                continue
            base = _LIKE[named.base]
            text = f"`{named}` takes the wildcard in `{value.text}` as the character itself"
            if base is None:
                yield RuleViolation(value, text, help="only Like operators have wildcards, and they look at the case")
                continue
            right = str(replace(named, base=base))
            found = build_fix(f"write `{right}`", rename_operator(statement, condition, right))
            yield RuleViolation(value, text, help=f"if a wildcard is meant, write `{right}`", fix=found)


def _is_outside_variables(text: str) -> bool:
    return any(piece.kind is TokenKind.LITERAL and _WILDCARD.search(piece.text) for piece in tokenize(text))


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
