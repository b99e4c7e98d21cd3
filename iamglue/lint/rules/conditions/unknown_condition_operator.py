"""A condition operator does not exist.

IAM rejects the policy. Every operator except `Null` may end in `IfExists`; every operator may have the qualifier
`ForAllValues:` or `ForAnyValue:` before it. `Null` itself tests whether the key is present, so `NullIfExists` has no
meaning.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.conditions import OPERATORS, QUANTIFIERS, parse_operator
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.spelling import nearest_word

RULE = Rule(Severity.ERROR, codes=("INVALID_CONDITION_OPERATOR", "NULL_WITH_IF_EXISTS"))


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report names that are not condition operators."""
    for statement in policy.statements:
        node = statement.get("Condition")
        for name, _ in node.pairs if node is not None else ():
            if name.kind is NodeKind.SCALAR and not name.unresolved and parse_operator(name.text) is None:
                yield _unknown_operator_violation(name)


def _unknown_operator_violation(name: Node) -> RuleViolation:
    """The violation of an unknown operator; `NullIfExists`, which AWS does not have, is `Null`."""
    if name.text.lower().rpartition(":")[2] == "nullifexists":
        fix = build_fix("write `Null`", replace_scalar(name, "Null"))
        text = f"`{name.text}` is not a valid condition operator: `Null` itself tests whether the key is present"
        return RuleViolation(name, text, help="write `Null`", code="NULL_WITH_IF_EXISTS", fix=fix)
    message = f"`{name.text}` is not a valid condition operator"
    suggestion = _nearest_operator(name.text)
    if suggestion is None:
        return RuleViolation(name, message, help=f"the operators are {', '.join(OPERATORS)}")
    return RuleViolation(
        name,
        message,
        help=f"did you mean `{suggestion}`?",
        fix=build_fix(f"write `{suggestion}`", replace_scalar(name, suggestion)),
    )


@lru_cache(maxsize=256)
def _nearest_operator(text: str) -> str | None:
    """Return the operator with the most similar spelling, with its qualifier; None if there is none."""
    first, colon, rest = text.strip().partition(":")
    names = (*OPERATORS, *(f"{name}IfExists" for name in OPERATORS if name != "Null"))
    base = nearest_word(rest.strip() if colon else first, names)
    if base is None or not colon:
        return base
    quantifier = nearest_word(first, QUANTIFIERS)
    return f"{quantifier}:{base}" if quantifier else None


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*",'
        ' "Condition": {"StringLikeIfExists": {"s3:prefix": "in/*"}, "Null": {"aws:TokenIssueTime": "false"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*",'
        ' "Condition": {"StringEqual": {"s3:prefix": "in/"}}}',
        fixed='{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*",'
        ' "Condition": {"StringEquals": {"s3:prefix": "in/"}}}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"ForAllValue:StringLike": {"aws:TagKeys": "team*"}}}',
        fixed='{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",'
        ' "Condition": {"ForAllValues:StringLike": {"aws:TagKeys": "team*"}}}',
    ),
    RuleExample(
        '{"Effect": "Deny", "Action": "*", "Resource": "*",'
        ' "Condition": {"NullIfExists": {"aws:TokenIssueTime": "true"}}}',
        codes=("NULL_WITH_IF_EXISTS",),
        fixed='{"Effect": "Deny", "Action": "*", "Resource": "*",'
        ' "Condition": {"Null": {"aws:TokenIssueTime": "true"}}}',
    ),
)
