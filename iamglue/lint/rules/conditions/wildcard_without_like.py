"""A `*` or `?` in a condition value under an operator that takes it as the character itself.

`StringEquals` compares character by character: `admin-*` matches only a text that ends in a star. For a wildcard
write `StringLike`. `ArnEquals` needs no such change, it takes wildcards as `ArnLike` does.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from iamglue.findings import Severity, fix
from iamglue.lint.analysis.condition_edits import renamed_operator
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.parsed_policy import WrittenPolicy
from iamglue.policy.patterns.variables import Kind, tokens

RULE = Rule(Severity.WARNING, codes=("WILDCARD_WITHOUT_LIKE_OPERATOR",))
_WILDCARD = re.compile(r"[*?]")
_LIKE = {
    "StringEquals": "StringLike",
    "StringNotEquals": "StringNotLike",
    "StringEqualsIgnoreCase": None,
    "StringNotEqualsIgnoreCase": None,
}


def check(policy: WrittenPolicy) -> Iterator[Hit]:
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
                yield Hit(value, text, help="only Like operators have wildcards, and they look at the case")
                continue
            right = str(replace(named, base=base))
            found = fix(f"write `{right}`", renamed_operator(statement, condition, right))
            yield Hit(value, text, help=f"if a wildcard is meant, write `{right}`", fix=found)


def _is_outside_variables(text: str) -> bool:
    return any(piece.kind is Kind.LITERAL and _WILDCARD.search(piece.text) for piece in tokens(text))


GOOD = (
    Case(
        '{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*",'
        ' "Condition": {"StringLike": {"s3:prefix": "in/*"}, "StringEquals": {"aws:PrincipalTag/a": "${*}"}}}'
    ),
    Case(
        '{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*",'
        ' "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::images-*"}}}'
    ),
)
BAD = (
    Case(
        '{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*",'
        ' "Condition": {"StringEquals": {"s3:prefix": ["in/*", "out/"]}}}',
        fixed='{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*",'
        ' "Condition": {"StringLike": {"s3:prefix": ["in/*", "out/"]}}}',
    ),
    Case(
        '{"Effect": "Deny", "Action": "s3:*", "Resource": "*",'
        ' "Condition": {"StringNotEqualsIgnoreCase": {"aws:PrincipalTag/team": "blue?"}}}'
    ),
)
